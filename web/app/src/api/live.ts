// Live pages: one stream of events for all tabs of a tenant. An event carries no data, it says what to read again.
import { useEffect, useRef, useSyncExternalStore } from 'react'

import { noteAnswer } from './connection'
import { reread } from './queries'
import type { components } from './schema'

export type Live = components['schemas']['StreamView']

/** 'reset' says that events may have been missed: what is shown is to be read again. */
export type Heard = Live | 'reset'

type Listener = (event: Heard) => void

/** What tabs tell each other: an event, whether the stream stands, and the question of who came later. */
type Message = { say: 'event'; event: Heard } | { say: 'joined'; joined: boolean } | { say: 'ask' }

const retry = 5000
const watchers = new Set<() => void>()

/**
 * Hears the events of a tenant as long as somebody listens. Of several tabs one holds the stream and tells the
 * others, so that they do not use up the browser's connections; where tabs cannot agree, each has its own.
 */
class Stream {
  joined = false
  private leads = false
  private readonly listeners = new Set<Listener>()
  private readonly channel: BroadcastChannel
  private source: EventSource | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly stop = new AbortController()

  constructor(private readonly tenant: string) {
    const name = `opora-live-${tenant}`
    this.channel = new BroadcastChannel(name)
    this.channel.onmessage = (message: MessageEvent<Message>) => this.hear(message.data)
    if (!('locks' in navigator)) {
      this.open()
      return
    }
    this.channel.postMessage({ say: 'ask' } satisfies Message)
    navigator.locks
      .request(name, { signal: this.stop.signal }, () => {
        this.open()
        return new Promise<void>((release) => this.stop.signal.addEventListener('abort', () => release()))
      })
      .catch(() => undefined) // left before its turn came
  }

  private open() {
    if (this.stop.signal.aborted) return
    this.leads = true
    const source = new EventSource(`/api/v1/t/${encodeURIComponent(this.tenant)}/stream`)
    this.source = source
    source.addEventListener('ticket', (message: MessageEvent<string>) => {
      const event = read(message.data)
      if (event) this.pass(event)
    })
    source.addEventListener('reset', () => this.pass('reset'))
    source.onopen = () => {
      noteAnswer(200)
      this.join(true)
      // What happened before the stream was there, or while it was away, is read now.
      this.pass('reset')
    }
    source.onerror = () => {
      this.join(false)
      if (source.readyState !== EventSource.CLOSED) return
      // Refused rather than broken off: the browser does not try again by itself. Not all at once after a restart.
      this.timer = setTimeout(() => this.open(), retry + Math.random() * retry)
    }
  }

  /** What another tab says. */
  private hear(message: Message) {
    if (message.say === 'event') this.tell(message.event)
    else if (message.say === 'ask' && this.leads) this.channel.postMessage({ say: 'joined', joined: this.joined } satisfies Message)
    else if (message.say === 'joined' && !this.leads) this.note(message.joined)
  }

  private join(joined: boolean) {
    this.channel.postMessage({ say: 'joined', joined } satisfies Message)
    this.note(joined)
  }

  private note(joined: boolean) {
    if (this.joined === joined) return
    this.joined = joined
    for (const watch of watchers) watch()
  }

  private pass(event: Heard) {
    this.channel.postMessage({ say: 'event', event } satisfies Message)
    this.tell(event)
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

function read(data: string): Live | undefined {
  try {
    return JSON.parse(data) as Live
  } catch {
    return undefined
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

/** Hears a tenant's events while a component is shown; the latest function is called. */
export function useHeard(tenant: string, on: Listener) {
  const latest = useRef(on)
  useEffect(() => {
    latest.current = on
  })
  useEffect(() => listen(tenant, (event) => latest.current(event)), [tenant])
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

/** Whether the pages of a tenant are kept up to date by themselves: in this tab or in one that tells it. */
export function useJoined(tenant: string): boolean {
  return useSyncExternalStore(watch, () => streams.get(tenant)?.joined ?? false)
}

function watch(on: () => void) {
  watchers.add(on)
  return () => void watchers.delete(on)
}
