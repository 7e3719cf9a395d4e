// Live pages: one stream of events for all tabs of a tenant. An event carries no data, it says what to read again.
import { useEffect } from 'react'

import { noteAnswer } from './connection'
import { reread } from './queries'
import type { components } from './schema'

export type Live = components['schemas']['StreamView']

/** 'reset' says that events may have been missed: what is shown is to be read again. */
export type Heard = Live | 'reset'

type Listener = (event: Heard) => void

const retry = 5000

/**
 * Hears the events of a tenant as long as somebody listens. Of several tabs one holds the stream and tells the
 * others, so that they do not use up the browser's connections; where tabs cannot agree, each has its own.
 */
class Stream {
  private readonly listeners = new Set<Listener>()
  private readonly channel: BroadcastChannel
  private source: EventSource | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly stop = new AbortController()

  constructor(private readonly tenant: string) {
    const name = `opora-live-${tenant}`
    this.channel = new BroadcastChannel(name)
    this.channel.onmessage = (message: MessageEvent<Heard>) => this.tell(message.data)
    if (!('locks' in navigator)) {
      this.open()
      return
    }
    navigator.locks
      .request(name, { signal: this.stop.signal }, () => {
        this.open()
        return new Promise<void>((release) => this.stop.signal.addEventListener('abort', () => release()))
      })
      .catch(() => undefined) // left before its turn came
  }

  private open() {
    if (this.stop.signal.aborted) return
    const source = new EventSource(`/api/v1/t/${encodeURIComponent(this.tenant)}/stream`)
    this.source = source
    const pass = (event: Heard) => {
      this.channel.postMessage(event)
      this.tell(event)
    }
    source.addEventListener('ticket', (message: MessageEvent<string>) => pass(JSON.parse(message.data) as Live))
    source.addEventListener('reset', () => pass('reset'))
    source.onopen = () => {
      noteAnswer(200)
      // What happened before the stream was there, or while it was away, is read now.
      pass('reset')
    }
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return
      // Refused rather than broken off: the browser does not try again by itself.
      this.timer = setTimeout(() => this.open(), retry)
    }
  }

  private tell(event: Heard) {
    for (const listen of this.listeners) listen(event)
  }

  add(listener: Listener) {
    this.listeners.add(listener)
  }

  /** Takes a listener away; true when nobody is left. */
  remove(listener: Listener): boolean {
    this.listeners.delete(listener)
    return this.listeners.size === 0
  }

  close() {
    this.stop.abort()
    clearTimeout(this.timer)
    this.source?.close()
    this.channel.close()
  }
}

const streams = new Map<string, Stream>()

/** Hears a tenant's events until the answer is called. */
export function listen(tenant: string, listener: Listener): () => void {
  let stream = streams.get(tenant)
  if (!stream) {
    stream = new Stream(tenant)
    streams.set(tenant, stream)
  }
  const heard = stream
  heard.add(listener)
  return () => {
    if (!heard.remove(listener)) return
    heard.close()
    if (streams.get(tenant) === heard) streams.delete(tenant)
  }
}

/** Reads again what an event changed: the ticket, when a page shows it, and marks the lists as old. */
export function useLiveTicket(tenant: string, number: string, on: boolean) {
  useEffect(() => {
    if (!on) return undefined
    return listen(tenant, (event) => {
      if (event === 'reset' || event.number === number) void reread([tenant, 'ticket', number])
    })
  }, [tenant, number, on])
}
