import { expect, it } from 'vitest'

import { columnsOf, distinct } from './columns'
import type { Item } from './tickets'

const choices = [
  { pointer: '/type', title: 'Тип обращения', form: 'appeal' },
  { pointer: '/registry_numbers', title: 'Реестровые номера', form: 'appeal' },
  { pointer: '/type', title: 'Тип обращения', form: 'question' },
]

it('shows the fields that were asked for, in that order, as text', () => {
  const columns = columnsOf('/registry_numbers,/gone,/type', choices)
  expect(columns.map((column) => column.title)).toEqual(['Реестровые номера', 'Тип обращения'])
  const item = { columns: { '/type': 'Ошибка', '/registry_numbers': ['1', '2'] } } as Partial<Item> as Item
  expect(columns.map((column) => column.of(item))).toEqual(['1, 2', 'Ошибка'])
  expect(columns.map((column) => column.of({} as Item))).toEqual(['', ''])
})

it('offers a field of several forms once', () => {
  expect(distinct(choices).map((choice) => choice.pointer)).toEqual(['/type', '/registry_numbers'])
})
