import { describe, expect, it } from 'vitest'

import { moved, numberOf, renamed, rowsOf } from './rows'

const title = (ru: string) => ({ ru, en: ru })
const declared = [
  { key: 'line1', title: title('Первая') },
  { key: 'line2', title: title('Вторая') },
]

describe('rowsOf', () => {
  it('puts the system’s first, under the desk’s titles, then the desk’s own', () => {
    const own = [{ key: 'night', title: title('Ночь') }, { key: 'line2', title: title('2-я') }]
    expect(rowsOf(declared, own)).toEqual([
      { value: declared[0], declared: true },
      { value: { key: 'line2', title: title('2-я') }, declared: true, index: 1 },
      { value: own[0], declared: false, index: 0 },
    ])
  })
})

describe('numberOf', () => {
  it('is the number that is seen, not the one among the desk’s own', () => {
    const own = [{ key: '', title: title('') }, { key: 'line2', title: title('2-я') }]
    expect(numberOf(declared, own, 0)).toBe(3)
    expect(numberOf(declared, own, 1)).toBe(2)
    expect(numberOf(declared, own, 7)).toBeUndefined()
  })
})

describe('renamed', () => {
  it('adds, changes and takes away a title of the desk', () => {
    const line = declared[0]!
    const once = renamed<(typeof declared)[number]>([], line, title('Новая'))
    expect(once).toEqual([{ key: 'line1', title: title('Новая') }])
    expect(renamed(once, line, title('Другая'))).toEqual([{ key: 'line1', title: title('Другая') }])
    expect(renamed(once, line, line.title)).toEqual([])
  })
})

describe('moved', () => {
  it('steps over titles of the system’s that stand between', () => {
    const own = [{ key: 'a', title: title('a') }, { key: 'line1', title: title('1') }, { key: 'b', title: title('b') }]
    expect(moved(own, [0, 2], 0, 1).map((one) => one.key)).toEqual(['b', 'line1', 'a'])
    expect(moved(own, [0, 2], 0, -1)).toEqual(own)
  })
})
