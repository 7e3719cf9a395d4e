// Columns of the list that a system's own fields make.
import type { Schemas } from '../../../api/client'
import { i18n } from '../../../i18n'
import type { Item } from './tickets'
import { listOf, mostColumns } from './view'

/** A field of the desk's forms that may be a column. */
export type Choice = Schemas['ColumnView']

export interface Column {
  pointer: string
  title: string
  /** What stands in the row of a ticket. */
  of: (item: Item) => string
}

/** The columns that a view asks for, in its order; a field that the desk does not have falls away. */
export function columnsOf(asked: string | undefined, choices: readonly Choice[]): Column[] {
  return listOf(asked).flatMap((pointer) => {
    const choice = choices.find((one) => one.pointer === pointer)
    return choice ? [{ pointer, title: choice.title, of: (item: Item) => readable(item.columns?.[pointer]) }] : []
  })
}

/** The fields to choose from, each once though several forms have it. */
export function distinct(choices: readonly Choice[]): Choice[] {
  return choices.filter((choice, i) => choices.findIndex((other) => other.pointer === choice.pointer) === i)
}

/** Whether one more column may be asked for. */
export const roomFor = (asked: string | undefined) => listOf(asked).length < mostColumns

function readable(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return i18n.t(value ? 'yes' : 'no')
  if (Array.isArray(value)) return value.map(readable).filter((text) => text !== '').join(', ')
  if (typeof value === 'object') return Object.values(value).map(readable).filter((text) => text !== '').join(', ')
  return String(value)
}
