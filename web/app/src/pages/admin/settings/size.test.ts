import { describe, expect, it } from 'vitest'

import { bytesOf, megabytesOf } from './size'

describe('bytesOf', () => {
  it.each([
    ['', 0],
    ['10', 10_485_760],
    ['1,5', 1_572_864],
    ['1 024', 1_073_741_824],
    ['много', 'много'],
    ['-1', -1_048_576],
  ])('%s is %s', (text, value) => expect(bytesOf(text)).toBe(value))

  it('is what megabytesOf shows', () => {
    for (const text of ['10', '1.5', '200', '']) expect(megabytesOf(bytesOf(text))).toBe(text)
  })
})
