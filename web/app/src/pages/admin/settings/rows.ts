// The lines or queues of a desk: those of the system, some under another title, and those that the desk added.
import type { Texts } from '../data/settings'

interface Named {
  key: string
  title: Texts
}

export interface Row<T extends Named> {
  value: T
  declared: boolean
  /** Where it stands among the desk's own; undefined for what the system declares and the desk left alone. */
  index?: number
}

/** All rows: the system's first and in its order, then the desk's own. */
export function rowsOf<T extends Named>(declared: readonly T[], own: readonly T[]): Row<T>[] {
  const known = new Set(declared.map((one) => one.key))
  return [
    ...declared.map((one): Row<T> => {
      const index = own.findIndex((other) => other.key === one.key)
      const renamed = own[index]
      return renamed ? { value: { ...one, title: renamed.title }, declared: true, index } : { value: one, declared: true }
    }),
    ...own.flatMap((value, index): Row<T>[] => (known.has(value.key) ? [] : [{ value, declared: false, index }])),
  ]
}

/** The number under which a row of the desk's own is seen among all of them, from 1; undefined where it is none. */
export function numberOf(declared: readonly Named[], own: readonly Named[], index: number): number | undefined {
  const at = rowsOf(declared, own).findIndex((row) => row.index === index)
  return at < 0 ? undefined : at + 1
}

/** The desk's own after a declared one was given another title; under its declared title it is no longer the desk's. */
export function renamed<T extends Named>(own: readonly T[], declared: T, title: Texts): T[] {
  const rest = own.filter((one) => one.key !== declared.key)
  if (title.ru === declared.title.ru && title.en === declared.title.en) return rest
  const at = own.findIndex((one) => one.key === declared.key)
  const value = { ...declared, title }
  return at < 0 ? [...own, value] : own.map((one, i) => (i === at ? value : one))
}

/** The desk's own after one was moved past its next or previous neighbour among those that the desk added. */
export function moved<T extends Named>(own: readonly T[], added: readonly number[], index: number, by: 1 | -1): T[] {
  const other = added[added.indexOf(index) + by]
  const [a, b] = [own[index], other === undefined ? undefined : own[other]]
  if (a === undefined || b === undefined || other === undefined) return [...own]
  return own.map((one, i) => (i === index ? b : i === other ? a : one))
}
