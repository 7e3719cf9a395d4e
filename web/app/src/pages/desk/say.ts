// What was just done, for everybody to see and for a screen reader to say.
import { useSyncExternalStore } from 'react'

let said = { text: '', at: 0 }
const listeners = new Set<() => void>()

/** Tells that something was done; the last word stands until the next one. */
export function say(text: string) {
  said = { text, at: said.at + 1 }
  for (const listen of listeners) listen()
}

export function useSaid() {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    () => said,
  )
}
