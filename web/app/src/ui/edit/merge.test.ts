import { describe, expect, it } from 'vitest'

import { differences, merged, same } from './merge'

const base = { title: { ru: 'Служба', en: 'Desk' }, prefix: 'WT', settings: { lines: [{ key: 'a' }], contacts: { phone: '1' } } }

describe('differences', () => {
  it('are none where nothing changed, whatever the order of members', () => {
    expect(differences(base, base, base)).toEqual([])
    expect(same({ a: 1, b: { c: 2, d: undefined } }, { b: { c: 2 }, a: 1 })).toBe(true)
  })

  it('tell whose change it is', () => {
    const mine = { ...base, prefix: 'WX', title: { ru: 'Моя', en: 'Desk' } }
    const theirs = { ...base, title: { ru: 'Их', en: 'Theirs' } }
    expect(differences(base, mine, theirs).map(({ pointer, by }) => [pointer, by])).toEqual([
      ['/title/ru', 'both'],
      ['/title/en', 'them'],
      ['/prefix', 'me'],
    ])
  })

  it('count a list as one place and see what was taken away or made alike', () => {
    const mine = { ...base, settings: { lines: [{ key: 'a' }, { key: 'b' }], contacts: {} } }
    const theirs = { ...base, settings: { lines: [], contacts: {} } }
    expect(differences(base, mine, theirs).map(({ pointer, by }) => [pointer, by])).toEqual([['/settings/lines', 'both']])
  })

  it('merge what only one changed by themselves', () => {
    const mine = { ...base, prefix: 'WX', title: { ru: 'Моя', en: 'Desk' } }
    const theirs = { ...base, title: { ru: 'Их', en: 'Theirs' } }
    const found = differences(base, mine, theirs)
    expect(merged(theirs, found, new Set())).toEqual({ ...theirs, prefix: 'WX' })
    expect(merged(theirs, found, new Set(['/title/ru']))).toEqual({ ...theirs, prefix: 'WX', title: { ru: 'Моя', en: 'Theirs' } })
  })

  it('keep a contact that I took away out of what they left alone', () => {
    const mine = { ...base, settings: { ...base.settings, contacts: {} } }
    expect(merged(base, differences(base, mine, base), new Set())).toEqual(mine)
  })
})
