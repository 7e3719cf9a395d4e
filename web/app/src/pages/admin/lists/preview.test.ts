import { describe, expect, it } from 'vitest'

import { decoded, wrongLines } from './preview'

describe('decoded', () => {
  it('reads UTF-8 and windows-1251', () => {
    expect(decoded(new TextEncoder().encode('Отчёты').buffer as ArrayBuffer)).toBe('Отчёты')
    expect(decoded(new Uint8Array([0xce, 0xf2, 0xf7, 0xb8, 0xf2, 0xfb]).buffer)).toBe('Отчёты')
  })
})

describe('wrongLines', () => {
  const text = '\uFEFFkey;title_ru\r\na;А\r\n;Б\r\nc;'

  it('names each line once, in the order of the file', () => {
    const lines = wrongLines(text, [
      { line: 4, column: 'title_ru', code: 'x', message: 'нет названия' },
      { line: 3, column: 'key', code: 'x', message: 'нет ключа' },
      { line: 3, code: 'x', message: 'ещё' },
    ])
    expect(lines).toEqual([
      { line: 3, text: ';Б', problems: [{ column: 'key', message: 'нет ключа' }, { column: undefined, message: 'ещё' }] },
      { line: 4, text: 'c;', problems: [{ column: 'title_ru', message: 'нет названия' }] },
    ])
  })

  it('counts the header as the first line and bears a line that is not there', () => {
    expect(wrongLines(text, [{ line: 1, code: 'x', message: 'заголовок' }])[0]?.text).toBe('key;title_ru')
    expect(wrongLines(text, [{ line: 9, code: 'x', message: '?' }])[0]?.text).toBe('')
    expect(wrongLines('x'.repeat(500), [{ line: 1, code: 'x', message: '?' }])[0]?.text).toHaveLength(201)
  })
})
