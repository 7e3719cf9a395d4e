// What was just done, for everybody to see and for a screen reader to say.
import { useSyncExternalStore } from 'react'

/** So long a word stands, unless another one comes. */
export const stands = 10_000
/** What was said just before another page came was said of the way there. */
export const fresh = 1_000

let said = { text: '', at: 0 }
let since = 0
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

/** Tells that something was done. */
export function say(text: string) {
  said = { text, at: said.at + 1 }
  since = Date.now()
  clearTimeout(timer)
  timer = text === '' ? undefined : setTimeout(() => say(''), stands)
  for (const listen of listeners) listen()
}

/** Another page is shown: what was said on the one before is over. */
export function turned() {
  if (said.text !== '' && Date.now() - since > fresh) say('')
}

export const current = () => said

export function useSaid() {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    current,
  )
}
