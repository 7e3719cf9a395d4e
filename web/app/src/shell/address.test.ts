import { expect, it } from 'vitest'

import { parseSearch, stringifySearch } from './address'

it.each([['7536001231'], ['0191300012326000045'], ['191300012326000045'], ['Ошибка'], ['/type,/document']])('%s comes back from the address as it was', (text) => {
  const address = stringifySearch({ q: text })
  expect(address).not.toMatch(/%22|"/)
  expect(String((parseSearch(address) as { q: unknown }).q)).toBe(text)
})

it('an address with quotes is read as before, and what is no text stays what it is', () => {
  expect(parseSearch('?organisation=%227536001231%22')).toEqual({ organisation: '7536001231' })
  expect(parseSearch(stringifySearch({ on: true, q: 'true' }))).toEqual({ on: true, q: 'true' })
})
