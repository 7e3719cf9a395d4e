// JSON pointers within the values of a form.

export type Values = Record<string, unknown>

/** The parts of a pointer; "" has none. */
export function parts(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The pointer of a member of the first level. */
export const pointerTo = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The pointer with the number of each row replaced by a star, as ui files and rules write it. */
export function pattern(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/|$)/g, '/*')
}

/** The value at a pointer, undefined where there is none. */
export function valueAt(values: unknown, pointer: string): unknown {
  let at: unknown = values
  for (const part of parts(pointer)) {
    if (at === null || typeof at !== 'object') return undefined
    at = (at as Record<string, unknown>)[part]
  }
  return at
}

/** A copy of values with another value at a pointer; undefined takes it away. */
export function withValue(values: Values, pointer: string, value: unknown): Values {
  return put(values, parts(pointer), value) as Values
}

function put(at: unknown, path: string[], value: unknown): unknown {
  const [head, ...rest] = path
  if (head === undefined) return value
  // No property of a form is named by a number: what is not there yet becomes a list.
  if (Array.isArray(at) || (at === undefined && /^\d+$/.test(head))) {
    const rows: unknown[] = at === undefined ? [] : [...(at as unknown[])]
    rows[Number(head)] = put(rows[Number(head)], rest, value)
    return rows
  }
  const copy: Record<string, unknown> = at !== null && typeof at === 'object' ? { ...at } : {}
  const next = put(copy[head], rest, value)
  if (next === undefined) delete copy[head]
  else copy[head] = next
  return copy
}

/** Whether a value counts as given: what is blank, null or empty does not; false and 0 do. */
export function present(value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'string') return clean(value).trim() !== ''
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.values(value).some(present)
  return true
}

/** A text without the control characters that a paste may carry and no form takes; tabs and ends of lines stay. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\r\n?/g, '\n').replace(/[\v\f]/g, ' ').replace(/[\u0000-\u0008\u000e-\u001f\u007f]/g, '')
}

/** A value whose texts are clean. */
export function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleaned(member)]))
}

/** What is sent: values without the blank ones. Rows that hold nothing fall away, so that pointers count the rest. */
export function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(present).map(given)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => present(member))
        .map(([name, member]) => [name, given(member)]),
    )
  }
  return typeof value === 'string' ? clean(value) : value
}

/** The element id of the input at a pointer. */
export function inputId(pointer: string): string {
  return `f${pointer.replace(/[^a-zA-Z0-9]+/g, '-')}`
}
