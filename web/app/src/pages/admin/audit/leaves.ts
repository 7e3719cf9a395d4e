export interface Leaf {
  name: string
  text: string
}

/** The values of a nested object, each under the names that lead to it; an old and a new value stand together. */
export function leaves(data: unknown, at = ''): Leaf[] {
  if (data === null || data === undefined || data === '') return []
  if (Array.isArray(data)) return data.length > 0 ? [{ name: at, text: data.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ') }] : []
  if (typeof data !== 'object') return [{ name: at, text: String(data) }]
  const keys = Object.keys(data)
  if (keys.length > 0 && keys.every((key) => key === 'old' || key === 'new' || key === 'from' || key === 'to')) {
    const { old, new: now, from, to } = data as Record<string, unknown>
    return [{ name: at, text: `${plain(old ?? from)} → ${plain(now ?? to)}` }]
  }
  return Object.entries(data).flatMap(([key, value]) => leaves(value, at ? `${at}.${key}` : key))
}

const plain = (value: unknown) => (value === undefined || value === null || value === '' ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value))
