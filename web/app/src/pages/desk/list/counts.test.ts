import { expect, it } from 'vitest'

import { countOf } from './counts'

const statuses = [
  { key: 'unconfirmed', title: 'Не подтверждено', category: 'new' as const },
  { key: 'working', title: 'Решается', category: 'open' as const },
]
const counts = [
  { queue: 'documents', status: 'unconfirmed', count: 4, unassigned: 3 },
  { queue: 'documents', status: 'working', count: 2, unassigned: 0 },
  { queue: 'other', status: 'unconfirmed', count: 1, unassigned: 1 },
]

it('adds up a queue and the desk', () => {
  expect(countOf(counts, statuses, 'documents')).toEqual({ open: 6, fresh: 4, free: 3 })
  expect(countOf(counts, statuses)).toEqual({ open: 7, fresh: 5, free: 4 })
  expect(countOf(counts, statuses, 'empty')).toEqual({ open: 0, fresh: 0, free: 0 })
})
