import { expect, it } from 'vitest'

import { numberOf } from './number'

it('knows a number as it is written, as it is typed in haste, and what is none', () => {
  expect(numberOf('wt-10100')).toBe('WT-10100')
  expect(numberOf(' wt10100 ')).toBe('WT-10100')
  expect(numberOf('форма 2026')).toBeUndefined()
  expect(numberOf('gz-2-100')).toBe('GZ-2-100')
  expect(numberOf('план 2026 год')).toBeUndefined()
  expect(numberOf('44')).toBeUndefined()
  expect(numberOf('форма')).toBeUndefined()
})
