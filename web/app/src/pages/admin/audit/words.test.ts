import { describe, expect, it } from 'vitest'

import { spelled, told } from './words'

describe('words of a change', () => {
  const say = (word: string) => word.toUpperCase()

  it('stand for the names that are known, and leave the others', () => {
    expect(spelled('lines.line1.title.ru', say)).toBe('LINES, line1, TITLE, RU')
  })

  it('stand for yes and no on either side of a change', () => {
    expect(told('false → true', say)).toBe('FALSE → TRUE')
    expect(told('it is true', say)).toBe('it is true')
  })
})
