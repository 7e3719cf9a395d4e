// Whether the server can be reached, as the last answers showed it.
import { useSyncExternalStore } from 'react'

export type Connection = 'ok' | 'offline' | 'unavailable'

let state: Connection = 'ok'
const listeners = new Set<() => void>()
const recovered = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined

function set(next: Connection) {
  if (next === state) return
  const was = state
  state = next
  for (const listen of listeners) listen()
  if (next === 'ok' && was !== 'ok') for (const run of recovered) run()
}

async function probe() {
  timer = undefined
  try {
    const answer = await fetch('/healthz', { cache: 'no-store' })
    if (answer.ok) return set('ok')
    set('unavailable')
  } catch {
    set('offline')
  }
  timer = setTimeout(probe, 2000)
}

// The browser knows sooner than the next probe that the network is back.
window.addEventListener('online', () => {
  if (state === 'ok') return
  clearTimeout(timer)
  void probe()
})

/** Notes what an answer, or its absence, says of the connection. */
export function noteAnswer(status: number) {
  if (status === 0 || status === 502 || status === 503 || status === 504) {
    set(status === 0 ? 'offline' : 'unavailable')
    timer ??= setTimeout(probe, 2000)
  } else if (state !== 'ok') {
    set('ok')
  }
}

/** Calls run each time the server is reached again. */
export function onRecovered(run: () => void) {
  recovered.add(run)
  return () => void recovered.delete(run)
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    () => state,
  )
}
