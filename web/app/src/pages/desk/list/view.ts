// A view of the list: what its address says.
export interface View {
  desk?: string
  queue?: string
  line?: string
  /** Keys of statuses, with commas between. */
  status?: string
  /** Categories, with commas between. */
  category?: string
  assignee?: string
  requester?: string
  organisation?: string
  unread?: boolean
  q?: string
  order?: Order
  direction?: Direction
  /** Pointers of the form's fields that are columns, with commas between. */
  columns?: string
}

export const categories = ['new', 'open', 'waiting', 'done'] as const
export type Category = (typeof categories)[number]

export const orders = ['updated', 'created', 'deadline', 'priority'] as const
export type Order = (typeof orders)[number]
export type Direction = 'asc' | 'desc'

/** So many of the form's fields may be columns at once. */
export const mostColumns = 6

/** Reads a view from an address; what it does not know falls away. */
export function readView(search: Record<string, unknown>): View {
  const text = (key: string, most = 200) => {
    const value = search[key]
    const string = typeof value === 'number' ? String(value) : value
    return typeof string === 'string' && string.trim() !== '' ? string.slice(0, most) : undefined
  }
  const order = orders.find((one) => one === search.order)
  const view: View = {
    desk: text('desk'),
    queue: text('queue'),
    line: text('line'),
    status: text('status', 1000),
    category: joined(categories.filter((one) => listOf(text('category')).includes(one))),
    assignee: text('assignee'),
    requester: text('requester'),
    organisation: text('organisation'),
    unread: search.unread === true || search.unread === 'true' ? true : undefined,
    q: text('q'),
    order: order === 'updated' ? undefined : order,
    direction: search.direction === 'asc' || search.direction === 'desc' ? search.direction : undefined,
    columns: joined(listOf(text('columns', 1000)).filter((one) => one.startsWith('/')).slice(0, mostColumns)),
  }
  // An address may ask for an order that it names no categories for, or wrong ones.
  return settled(view, view)
}

/** The members of a list in the address. */
export function listOf(text: string | undefined): string[] {
  return text ? [...new Set(text.split(',').filter((one) => one !== ''))] : []
}

/** A list as the address has it; undefined where it is empty. */
export function joined(list: readonly string[]): string | undefined {
  return list.length > 0 ? list.join(',') : undefined
}

/** A list in the address with one member put in or taken out. */
export function toggled(text: string | undefined, member: string): string | undefined {
  const list = listOf(text)
  return joined(list.includes(member) ? list.filter((one) => one !== member) : [...list, member])
}

/** The view without what narrows it: desk, queue, order and columns stay. */
export function widened(view: View): View {
  return { desk: view.desk, queue: view.queue, order: view.order, direction: view.direction, columns: view.columns }
}

/** What is not done: an order other than by change is over these only. */
export const openOnes = 'new,open,waiting'

/** A view after a part of it was chosen: an order and the categories that it cannot sort give way to the newer choice. */
export function settled(view: View, chosen: View): View {
  const plain = view.order === undefined || view.order === 'updated'
  if (plain) return { ...view, order: undefined, direction: undefined }
  const sortable = view.category !== undefined && !listOf(view.category).includes('done')
  const direction = view.order === 'created' ? view.direction : undefined
  if (sortable) return { ...view, direction }
  if (chosen.order !== undefined) return { ...view, direction, category: openOnes, status: undefined }
  return { ...view, order: undefined, direction: undefined }
}

/** Whether the order alone keeps what is closed out of the view. */
export const onlyOpen = (view: View) => view.order !== undefined && view.order !== 'updated' && view.category === openOnes

/** Whether anything but desk and queue narrows the view. */
export function narrowed({ line, status, category, assignee, requester, organisation, unread, q }: View): boolean {
  return [line, status, category, assignee, requester, organisation, unread, q].some((one) => one !== undefined)
}

/** The view as a query string without its desk, as it is kept under a name. */
export function queryOf({ desk: _, ...view }: View): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(view)) if (value !== undefined) query.set(key, String(value))
  query.sort()
  return query.toString()
}

/** The view that a query string tells. */
export function viewOf(query: string): View {
  return readView(Object.fromEntries(new URLSearchParams(query)))
}
