// What two people changed of the same thing, told apart by what both of them saw.

import { type Values, withValue } from '../../form/pointer'

export interface Difference {
  pointer: string
  base: unknown
  mine: unknown
  theirs: unknown
  /** Whose change it is; of 'both' one has to be chosen. */
  by: 'me' | 'them' | 'both'
}

/** Equality of values as JSON; the order of an object's members says nothing, nor does one that is not given. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, at: unknown) =>
      at !== null && typeof at === 'object' && !Array.isArray(at)
        ? Object.fromEntries(Object.entries(at).sort(([x], [y]) => (x < y ? -1 : 1)))
        : at,
    ) ?? ''
  )
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** Every place where mine or theirs is no longer what both saw. A list counts as one place. */
export function differences(base: unknown, mine: unknown, theirs: unknown, at = ''): Difference[] {
  if (isObject(base ?? {}) && isObject(mine ?? {}) && isObject(theirs ?? {}) && [base, mine, theirs].some(isObject)) {
    const names = new Set([base, mine, theirs].flatMap((one) => Object.keys(isObject(one) ? one : {})))
    return [...names].flatMap((name) => {
      const pointer = `${at}/${escaped(name)}`
      const of = (one: unknown) => (isObject(one) ? one[name] : undefined)
      return differences(of(base), of(mine), of(theirs), pointer)
    })
  }
  const changed = { mine: !same(base, mine), theirs: !same(base, theirs) }
  if ((!changed.mine && !changed.theirs) || same(mine, theirs)) return []
  return [{ pointer: at, base, mine, theirs, by: changed.mine && changed.theirs ? 'both' : changed.mine ? 'me' : 'them' }]
}

/** Theirs with my own changes on it, and with mine where both changed and mine was chosen. */
export function merged(theirs: Values, found: readonly Difference[], keepMine: ReadonlySet<string>): Values {
  return found
    .filter(({ by, pointer }) => by === 'me' || (by === 'both' && keepMine.has(pointer)))
    .reduce((values, { pointer, mine }) => withValue(values, pointer, mine), theirs)
}
