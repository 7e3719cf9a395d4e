// What the list on the screen and the list as it is now have to do with each other.
import type { Schemas } from '../../../api/client'
import type { Item } from './tickets'

export interface Comparison {
  /** Rows of the screen as they are now. */
  rows: Item[]
  /** Those of them in which something happened. */
  changed: string[]
  /** Tickets that the screen does not show yet. */
  came: string[]
  /** Tickets of the screen that were heard of and are not on the page any more. */
  away: string[]
}

/** Lays the first page as it is now beside what is shown; heard are the tickets that the stream told of. */
export function compare(shown: readonly Item[], page: readonly Item[], heard: ReadonlySet<string>): Comparison {
  const before = new Map(shown.map((item) => [item.number, item]))
  const top = page.findIndex((item) => before.has(item.number))
  const rows = page.filter((item) => before.has(item.number) && !same(before.get(item.number), item))
  const now = new Set(page.map((item) => item.number))
  return {
    rows,
    changed: rows.filter((item) => !same({ ...before.get(item.number), unread: undefined }, { ...item, unread: undefined })).map((item) => item.number),
    // What merely moved up from the second page has not come.
    came: page.filter((item, i) => !before.has(item.number) && (heard.has(item.number) || i < top)).map((item) => item.number),
    away: shown.filter((item) => heard.has(item.number) && !now.has(item.number)).map((item) => item.number),
  }
}

/** Of rows as they are now, those that the screen shows otherwise. */
export function stale(shown: readonly Item[], now: readonly Item[]): Item[] {
  const before = new Map(shown.map((item) => [item.number, item]))
  return now.filter((item) => before.has(item.number) && !same(before.get(item.number), item))
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** A row brought up to date from the ticket itself; what only the list tells stays. */
export function rowOf(item: Item, ticket: Schemas['TicketView']): Item {
  const { subject, status, priority, queue, line, assignee, deadline, updated_at, closed_at, unread, version } = ticket
  return { ...item, subject, status, priority, queue, line, assignee, deadline, updated_at, closed_at, unread, version }
}
