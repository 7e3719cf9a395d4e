// The list kept up to date without a jump: rows change where they stand, what came waits to be asked for.
import { useEffect, useRef, useState } from 'react'

import { type Heard, useHeard } from '../../../api/live'
import { queries, ticketQuery } from '../../../api/queries'
import { compare, rowOf, stale } from './compare'
import { countsQuery, type Item, pageSize, readPage, replaceRows } from './tickets'
import type { View } from './view'

export interface Fresh {
  /** Rows in which something happened since they were looked at. */
  changed: ReadonlySet<string>
  /** Tickets that the list does not show yet. */
  came: ReadonlySet<string>
}

const none: Fresh = { changed: new Set(), came: new Set() }
const pause = 600
const between = 3000
/** So many rows that left the first page are read one by one; beyond, they wait for the next reading of the list. */
const mostAlone = 10

/** Follows a view; the second value forgets what was told, when the list was read again. */
export function useFresh(tenant: string, view: View, items: readonly Item[]): [Fresh, () => void] {
  const [fresh, setFresh] = useState<Fresh>(none)
  const shown = useRef(items)
  const heard = useRef(new Set<string>())
  const missed = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const looked = useRef(0)
  useEffect(() => {
    shown.current = items
  }, [items])
  useEffect(() => {
    const known = heard.current
    return () => {
      clearTimeout(timer.current)
      timer.current = undefined
      known.clear()
      setFresh(none)
    }
  }, [tenant, view])

  const look = async () => {
    timer.current = undefined
    looked.current = Date.now()
    const told = new Set(heard.current)
    heard.current.clear()
    const whole = missed.current
    missed.current = false
    void queries.invalidateQueries({ queryKey: countsQuery(tenant, view.desk ?? '').queryKey })
    try {
      const page = await readPage(tenant, view)
      const found = compare(shown.current, page.items, told)
      const alone = await Promise.all(found.away.slice(0, mostAlone).map((number) => again(tenant, shown.current, number)))
      // Nobody knows what was missed: the further pages are read too, and their rows replaced where they stand.
      const further = whole ? stale(shown.current, await rest(tenant, view, page.next, shown.current.length)) : []
      replaceRows(tenant, view, [...found.rows, ...further, ...alone.filter((row) => row !== undefined)])
      setFresh(({ changed, came }) => ({ changed: new Set([...changed, ...found.changed, ...found.away, ...further.map((row) => row.number)]), came: new Set([...came, ...found.came]) }))
    } catch {
      // the next event, or the person, asks again
    }
  }
  useHeard(tenant, (event: Heard) => {
    if (event !== 'reset') {
      if (shown.current.some((item) => item.number === event.number && (item.last_seq ?? 0) >= event.seq)) return
      heard.current.add(event.number)
    } else missed.current = true
    timer.current ??= setTimeout(() => void look(), Math.max(pause, looked.current + between - Date.now()))
  })
  // What the list has read meanwhile has not to be asked for.
  const came = new Set([...fresh.came].filter((number) => !items.some((item) => item.number === number)))
  return [{ changed: fresh.changed, came }, () => setFresh(none)]
}

/** The pages after the first, as far as the screen goes. */
async function rest(tenant: string, view: View, next: string | undefined, shown: number): Promise<Item[]> {
  const rows: Item[] = []
  for (let after = next; after && rows.length + pageSize < shown; ) {
    const page = await readPage(tenant, view, after)
    rows.push(...page.items)
    after = page.next
  }
  return rows
}

async function again(tenant: string, shown: readonly Item[], number: string): Promise<Item | undefined> {
  const item = shown.find((one) => one.number === number)
  const ticket = await queries.fetchQuery({ ...ticketQuery(tenant, number), staleTime: 0 }).catch(() => undefined)
  return item && ticket && rowOf(item, ticket)
}

/** Calls when nobody has touched the page for a while, as long as there is something to do. */
export function useIdle(wanted: boolean, on: () => void, after = 45_000) {
  const latest = useRef(on)
  useEffect(() => {
    latest.current = on
  })
  useEffect(() => {
    if (!wanted) return undefined
    let timer = setTimeout(() => latest.current(), after)
    const touched = () => {
      clearTimeout(timer)
      timer = setTimeout(() => latest.current(), after)
    }
    const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll', 'focusin'] as const
    for (const sign of signs) window.addEventListener(sign, touched, { passive: true, capture: true })
    return () => {
      clearTimeout(timer)
      for (const sign of signs) window.removeEventListener(sign, touched, { capture: true })
    }
  }, [wanted, after])
}
