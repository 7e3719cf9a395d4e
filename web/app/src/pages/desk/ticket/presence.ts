// Who else is on the ticket: each tells that he is there, and hears of the others by the same call.
import { useEffect, useRef, useState } from 'react'

import { ask, quiet, type Schemas } from '../../../api/client'
import { reread } from '../../../api/queries'
import type { Seen } from './working'

// Two who open a ticket at once should hear of each other before they begin to write.
const beat = 5_000
/** Where nobody has touched the page for so long, each third beat is enough. */
const idle = 120_000
/** So long after the last letter an answer counts as being written. */
const lull = 20_000

/** The others on a ticket, and the means to tell them that something is being written. */
export function usePresence(tenant: string, number: string, seen: Seen, on: boolean): { others: Schemas['PresentView'][]; typing: () => void } {
  const [others, setOthers] = useState<Schemas['PresentView'][]>([])
  const [writing, setWriting] = useState(false)
  const known = useRef(seen)
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    known.current = seen
  })
  useEffect(() => {
    if (!on) return undefined
    const params = { path: { tenant, number } }
    let gone = false
    let beats = 0
    let touched = Date.now()
    const touch = () => {
      touched = Date.now()
    }
    const tell = async () => {
      // Who has turned to another window is not here, unless he has just been writing.
      if (document.visibilityState === 'hidden' && !writing) return
      try {
        const now = await ask(quiet.PUT('/api/v1/t/{tenant}/tickets/{number}/presence', { params, body: { writing } }))
        if (gone) return
        setOthers(now.items)
        // An event may have been lost on its way: what is shown is behind.
        if (known.current.seq > 0 && now.version > known.current.version) void reread([tenant, 'ticket', number])
      } catch {
        // The next beat tells it again; whoever is not heard of for a while falls away by himself.
      }
    }
    void tell()
    const timer = setInterval(() => {
      beats++
      if (Date.now() - touched < idle || beats % 3 === 0) void tell()
    }, beat)
    const signs = ['pointermove', 'keydown', 'wheel'] as const
    for (const sign of signs) window.addEventListener(sign, touch, { passive: true, capture: true })
    // Only who comes back tells it: a page that is left turns hidden after it has said that it leaves.
    const back = () => {
      if (document.visibilityState === 'visible') void tell()
    }
    document.addEventListener('visibilitychange', back)
    return () => {
      gone = true
      clearInterval(timer)
      for (const sign of signs) window.removeEventListener(sign, touch, { capture: true })
      document.removeEventListener('visibilitychange', back)
    }
  }, [tenant, number, writing, on])
  useEffect(() => {
    if (!on) return undefined
    const leave = () => void quiet.DELETE('/api/v1/t/{tenant}/tickets/{number}/presence', { params: { path: { tenant, number } }, keepalive: true }).catch(() => undefined)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      clearTimeout(pause.current)
      leave()
    }
  }, [tenant, number, on])
  const typing = () => {
    setWriting(true)
    clearTimeout(pause.current)
    pause.current = setTimeout(() => setWriting(false), lull)
  }
  return { others, typing }
}
