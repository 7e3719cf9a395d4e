import { expect, it } from 'vitest'

import { agrees, innOf, readFilter } from './filter'

it('reads a filter from an address and drops what it does not know', () => {
  expect(readFilter({ on: 'true', mine: true, organisation: 7536001231, q: ' a ', desk: '', evil: 1 })).toEqual({
    on: true,
    mine: true,
    organisation: '7536001231',
    q: 'a',
    desk: undefined,
  })
  expect(readFilter({ on: 'yes', q: { a: 1 } })).toEqual({})
  expect(readFilter({ q: 'x'.repeat(1000) }).q).toHaveLength(200)
})

it.each([
  ['7536001231', '7536001231'],
  [' 7536 001231 ', '7536001231'],
  ['ИНН: 7536001231', '7536001231'],
  ['инн 753600123112', '753600123112'],
  ['7536001231\u200b', '7536001231'],
  ['\ufeff7536\u00a0001231', '7536001231'],
  ['', ''],
  ['75360', undefined],
  ['Администрация', undefined],
  ['75360012311', undefined],
])('reads the INN in %j', (text, inn) => expect(innOf(text)).toBe(inn))

it.each([
  ['7536001231', true],
  ['7536001232', false],
  ['7356001231', false],
  ['500100732259', true],
  ['500100732258', false],
  ['500100732269', false],
])('the digits of %s agree: %s', (inn, yes) => expect(agrees(inn)).toBe(yes))
