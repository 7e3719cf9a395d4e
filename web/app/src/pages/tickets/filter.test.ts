import { expect, it } from 'vitest'

import { readFilter } from './filter'

it('reads a filter from an address and drops what it does not know', () => {
  expect(readFilter({ on: 'true', mine: true, organisation: 7536001231, q: ' a ', desk: '', evil: 1 })).toEqual({
    on: true,
    mine: true,
    organisation: '7536001231',
    q: 'a',
    desk: undefined,
  })
  expect(readFilter({ on: 'yes', q: { a: 1 } })).toEqual({})
  expect(readFilter({ q: 'x'.repeat(1000) }).q).toHaveLength(200)
})
