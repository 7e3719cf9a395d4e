import { describe, expect, it } from 'vitest'

import { added, leaves, unwritten } from './leaves'

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

  it('tell of two states only what differs, rows by their keys', () => {
    const row = (ru: string, closes: boolean) => ({ key: 'line1', title: { ru, en: 'First' }, closes, hands_to: ['line2'] })
    expect(leaves({ old: { lines: [row('Первая', true)] }, new: { lines: [row('Приём', true), { key: 'line9', title: { ru: 'Своя' } }] } })).toEqual([
      { name: 'lines.line1.title.ru', text: 'Первая → Приём' },
      { name: 'lines.line9.title.ru', text: '— → Своя' },
    ])
    expect(leaves({ key: 'x', old: { retired: false, title: { ru: 'А' } }, new: { retired: true, title: { ru: 'А' } } })).toEqual([
      { name: 'key', text: 'x' },
      { name: 'retired', text: 'false → true' },
    ])
  })

  it('tell what was made and what was taken away', () => {
    expect(leaves({ new: { title: 'А' }, old: { text: 'Б' } })).toEqual([
      { name: 'text', text: 'Б → —' },
      { name: 'title', text: '— → А' },
    ])
    expect(leaves({ line: { from: 'line1', to: null } })).toEqual([{ name: 'line', text: 'line1 → —' }])
  })
})

describe('a change of a list', () => {
  const value = { title: { ru: 'А' }, retired: false }

  it('tells beside its values only what became different', () => {
    expect(leaves(unwritten({ key: 'a', new: value }))).toEqual([])
    expect(leaves(unwritten({ key: 'a', old: value, new: { ...value, retired: true } }))).toEqual([{ name: 'retired', text: 'false → true' }])
    expect(leaves(unwritten({ added: 2, changed: 0, values: [{ key: 'a', title: { ru: 'А' } }] }))).toHaveLength(2)
  })

  it('that made a value is told from one of what was there', () => {
    expect(added({ action: 'list_changed', data: { key: 'a', new: value } })).toBe(true)
    expect(added({ action: 'list_changed', data: { key: 'a', old: value, new: value } })).toBe(false)
    expect(added({ action: 'list_changed', data: {} })).toBe(false)
  })
})
