// The live screen: one stream a tab. An entry carries no contents; what it concerns is read again.
import { useEffect, useRef, useSyncExternalStore } from 'react'

import { queries } from '../../api/queries'
import type { Schemas } from '../../api/client'

export type Heard = Schemas['StreamView']

const listeners = new Set<(heard: Heard | undefined) => void>()
const watchers = new Set<() => void>()
let joined = false

function join(now: boolean) {
  if (joined === now) return
  joined = now
  for (const watch of watchers) watch()
}

/** Keeps the tab's stream open while the console is. */
export function useStream(tenant: string) {
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let before = false
    const open = () => {
      source = new EventSource(`/api/v1/t/${encodeURIComponent(tenant)}/stream`)
      source.onopen = () => {
        join(true)
        // What happened while nobody listened is not told again.
        if (before) missed(tenant)
        before = true
      }
      source.addEventListener('ticket', (event) => hear(tenant, event))
      source.addEventListener('reset', () => missed(tenant))
      source.onerror = () => {
        join(false)
        if (source?.readyState !== EventSource.CLOSED) return
        timer = setTimeout(open, 5000 + Math.random() * 5000)
      }
    }
    open()
    return () => {
      clearTimeout(timer)
      source?.close()
      join(false)
    }
  }, [tenant])
}

function hear(tenant: string, event: MessageEvent<string>) {
  let heard: Heard
  try {
    heard = JSON.parse(event.data) as Heard
  } catch {
    return
  }
  void queries.invalidateQueries({ queryKey: [tenant, 'ticket', heard.number] })
  for (const listen of listeners) listen(heard)
}

function missed(tenant: string) {
  void queries.invalidateQueries({ queryKey: [tenant, 'ticket'] })
  for (const listen of listeners) listen(undefined)
}

/** Calls on each entry of the stream; undefined means that some were missed. */
export function useHeard(on: (heard: Heard | undefined) => void) {
  const latest = useRef(on)
  useEffect(() => {
    latest.current = on
  })
  useEffect(() => {
    const listen = (heard: Heard | undefined) => latest.current(heard)
    listeners.add(listen)
    return () => void listeners.delete(listen)
  }, [])
}

/** Whether the page is kept up to date by itself. */
export function useJoined(): boolean {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => void watchers.delete(watch)
    },
    () => joined,
  )
}
