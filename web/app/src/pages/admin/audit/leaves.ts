export interface Leaf {
  name: string
  text: string
}

type Tree = Record<string, unknown>

/** The values of a nested object, each under the names that lead to it; of an old and a new state only what differs, together. */
export function leaves(data: unknown, at = ''): Leaf[] {
  if (empty(data)) return []
  if (Array.isArray(data)) return data.every(keyed) ? data.flatMap(({ key, ...rest }) => leaves(rest, under(at, key))) : [{ name: at, text: data.map(plain).join(', ') }]
  if (!nested(data)) return [{ name: at, text: String(data) }]
  const names = Object.keys(data)
  const moved = names.every((name) => name === 'from' || name === 'to') && names.length > 0
  const { old, new: now, ...rest } = moved ? { old: data.from, new: data.to } : data
  const told = Object.entries(rest).flatMap(([name, value]) => leaves(value, under(at, name)))
  return moved || 'old' in data || 'new' in data ? [...told, ...differences(old, now, at)] : told
}

/** What an old and a new state have different, each value under its name. */
function differences(old: unknown, now: unknown, at: string): Leaf[] {
  if (!nested(old) && !nested(now)) return [{ name: at, text: `${plain(old)} → ${plain(now)}` }]
  const [before, after] = [old, now].map((state) => new Map(leaves(state, at).map(({ name, text }) => [name, text])))
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])]
  return names.filter((name) => before?.get(name) !== after?.get(name)).map((name) => ({ name, text: `${plain(before?.get(name))} → ${plain(after?.get(name))}` }))
}

/** What a change of a list holds beside the values that are told apart. */
export function unwritten({ key: _, values: __, new: now, ...rest }: Tree): Tree {
  return 'old' in rest ? { ...rest, new: now } : rest
}

/** Whether a change of a list's value made it. */
export const added = ({ action, data }: { action: string; data: Tree }) => action === 'list_changed' && 'new' in data && !('old' in data)

const under = (at: string, name: string) => (at ? `${at}.${name}` : name)
const empty = (value: unknown) => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
const nested = (value: unknown): value is Tree => typeof value === 'object' && value !== null
const keyed = (value: unknown): value is Tree & { key: string } => nested(value) && typeof value.key === 'string'
const plain = (value: unknown) => (empty(value) ? '—' : nested(value) ? JSON.stringify(value) : String(value))
