import { describe, expect, it } from 'vitest'

import { compare, stale } from './compare'
import type { Item } from './tickets'

const item = (number: string, more: Partial<Item> = {}) =>
  ({ number, subject: number, status: { key: 'new', title: 'Новое', category: 'new' }, assignee: null, unread: false, ...more }) as Item

describe('compare', () => {
  const shown = [item('A'), item('B'), item('C')]

  it('sees what came, also while rows moved', () => {
    const found = compare(shown, [item('D'), item('C'), item('A'), item('B')], new Set(['D']))
    expect(found).toEqual({ rows: [], changed: [], came: ['D'], away: [] })
  })

  it('finds the rows of further pages that are not as the screen has them', () => {
    const now = [item('B', { unread: true }), item('C'), item('D')]
    expect(stale(shown, now)).toEqual([now[0]])
  })

  it('does not take for new what moved up from the next page', () => {
    expect(compare(shown, [item('A'), item('C'), item('E')], new Set(['B'])).came).toEqual([])
    expect(compare(shown, [item('A'), item('C'), item('E')], new Set(['B'])).away).toEqual(['B'])
  })

  it('brings rows up to date; reading one is no change', () => {
    const closed = item('B', { status: { key: 'done', title: 'Готово', category: 'done' } })
    const found = compare([item('A', { unread: true }), item('B')], [item('A'), closed], new Set(['B']))
    expect(found.rows.map((row) => row.number)).toEqual(['A', 'B'])
    expect(found.changed).toEqual(['B'])
  })

  it('sees what came while nothing was heard', () => {
    expect(compare(shown, [item('D'), item('A'), item('B'), item('C')], new Set()).came).toEqual(['D'])
  })
})
