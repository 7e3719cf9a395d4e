import { describe, expect, it } from 'vitest'

import { inUnit, spelled, told, type Unit } from './words'

describe('words of a change', () => {
  const say = (word: string) => word.toUpperCase()

  it('stand for the names that are known, and leave the others', () => {
    expect(spelled('lines.line1.title.ru', say)).toBe('LINES, line1, TITLE, RU')
  })

  const size = (bytes: number, unit: string) => `${inUnit(bytes, unit as Unit)} ${unit}`

  it('stand for yes and no on either side of a change', () => {
    expect(told('retired', 'false → true', say, size)).toBe('FALSE → TRUE')
    expect(told('title', 'it is true', say, size)).toBe('it is true')
  })

  it('speak of sizes as the form does, and of members by their names', () => {
    expect(told('max_bytes', '524288000 → 524288', say, size)).toBe('500 megabytes → 0.5 megabytes')
    expect(told('quota', '— → 1073741824', say, size)).toBe('— → 1 gigabytes')
    expect(told('changed', 'name, phone, other', say, size)).toBe('NAME, PHONE, other')
    expect(told('title.ru', 'name, phone', say, size)).toBe('name, phone')
  })
})
