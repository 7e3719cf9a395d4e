// A view of the list: what its address says.
export interface View {
  desk?: string
  queue?: string
  line?: string
  status?: string
  category?: Category
  assignee?: string
  unread?: boolean
  q?: string
}

export const categories = ['new', 'open', 'waiting', 'done'] as const
export type Category = (typeof categories)[number]

/** Reads a view from an address; what it does not know falls away. */
export function readView(search: Record<string, unknown>): View {
  const text = (key: string) => {
    const value = search[key]
    const string = typeof value === 'number' ? String(value) : value
    return typeof string === 'string' && string.trim() !== '' ? string.slice(0, 200) : undefined
  }
  const category = categories.find((one) => one === search.category)
  return {
    desk: text('desk'),
    queue: text('queue'),
    line: text('line'),
    status: text('status'),
    category,
    assignee: text('assignee'),
    unread: search.unread === true || search.unread === 'true' ? true : undefined,
    q: text('q'),
  }
}
