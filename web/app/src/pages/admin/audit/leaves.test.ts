import { describe, expect, it } from 'vitest'

import { leaves } from './leaves'

describe('leaves', () => {
  it('name each value by the way to it and put old and new together', () => {
    expect(leaves({ desk: 'webtorgi', title: { old: 'А', new: 'Б' }, lines: ['a', 'b'], none: null, deep: { x: { y: 1 } }, prefix: { old: '', new: 'WT' } })).toEqual([
      { name: 'desk', text: 'webtorgi' },
      { name: 'title', text: 'А → Б' },
      { name: 'lines', text: 'a, b' },
      { name: 'deep.x.y', text: '1' },
      { name: 'prefix', text: '— → WT' },
    ])
    expect(leaves({})).toEqual([])
  })
})
