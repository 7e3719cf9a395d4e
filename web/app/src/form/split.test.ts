import { expect, it } from 'vitest'

import type { FieldModel } from './model'
import { rowsOf } from './split'

const digits = { digits: true } as FieldModel
const words = {} as FieldModel

it.each([
  ['202603912000123001', ['202603912000123001']],
  ['№ 2026 0391 2000 123001\u200b', ['202603912000123001']],
  ['1, 2;3\r\n4\n\n5', ['1', '2', '3', '4', '5']],
  ['1,', ['1', '']],
  ['', ['']],
  ['12a', ['12a']],
])('numbers: %j', (text, rows) => expect(rowsOf(digits, text)).toEqual(rows))

it.each([
  ['АИС «Отчёты», модуль 2; ещё', ['АИС «Отчёты», модуль 2; ещё']],
  ['первая \r\n вторая\n\nтретья; четвёртая', ['первая', 'вторая', 'третья', 'четвёртая']],
  ['', ['']],
])('words: %j', (text, rows) => expect(rowsOf(words, text)).toEqual(rows))
