import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// Tabs are modules of their own: each import makes one, over the same browser.
class Source {
  static all: Source[] = []
  static readonly CLOSED = 2
  readyState = 0
  onopen?: () => void
  onerror?: () => void
  private readonly on = new Map<string, (event: { data: string }) => void>()
  constructor(readonly url: string) {
    Source.all.push(this)
  }
  addEventListener(kind: string, listener: (event: { data: string }) => void) {
    this.on.set(kind, listener)
  }
  send(kind: string, data = '') {
    this.on.get(kind)?.({ data })
  }
  close() {
    this.readyState = 2
  }
}

class Channel {
  static all = new Set<Channel>()
  onmessage?: (message: { data: unknown }) => void
  constructor(readonly name: string) {
    Channel.all.add(this)
  }
  postMessage(data: unknown) {
    for (const other of Channel.all) if (other !== this && other.name === this.name) other.onmessage?.({ data })
  }
  close() {
    Channel.all.delete(this)
  }
}

const queue: { run: () => Promise<void>; signal: AbortSignal }[] = []
let held = false
function next() {
  const one = queue.shift()
  if (!one) return
  if (one.signal.aborted) return next()
  held = true
  void one.run().then(() => {
    held = false
    next()
  })
}
const locks = {
  request: (_: string, { signal }: { signal: AbortSignal }, run: () => Promise<void>) => {
    queue.push({ run, signal })
    if (!held) next()
    return Promise.resolve()
  },
}

async function tab() {
  vi.resetModules()
  return import('./live')
}

beforeEach(() => {
  Source.all = []
  Channel.all.clear()
  queue.length = 0
  held = false
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('BroadcastChannel', Channel)
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true })
})
afterEach(() => vi.unstubAllGlobals())

describe('live', () => {
  it('opens one stream for two tabs, which both hear', async () => {
    const heard: string[] = []
    const one = await tab()
    const two = await tab()
    const stop = one.listen('kaliningrad', (event) => heard.push(`one ${event === 'reset' ? event : event.number}`))
    two.listen('kaliningrad', (event) => heard.push(`two ${event === 'reset' ? event : event.number}`))
    expect(Source.all.map((source) => source.url)).toEqual(['/api/v1/t/kaliningrad/stream'])
    Source.all[0]?.onopen?.()
    Source.all[0]?.send('ticket', JSON.stringify({ number: 'SED-18', seq: 2, kind: 'commented' }))
    Source.all[0]?.send('ticket', 'no event at all')
    expect(heard.toSorted()).toEqual(['one SED-18', 'one reset', 'two SED-18', 'two reset'])

    // The tab that held it closes: the other takes over and reads again what it may have missed.
    stop()
    await Promise.resolve()
    await Promise.resolve()
    expect(Source.all).toHaveLength(2)
    Source.all[1]?.onopen?.()
    expect(heard.at(-1)).toBe('two reset')
  })

  it('tries again after a refusal, and not after a break, which the browser mends', async () => {
    vi.useFakeTimers()
    try {
      const { listen } = await tab()
      listen('ugra', () => undefined)
      Source.all[0]?.onerror?.()
      vi.advanceTimersByTime(20_000)
      expect(Source.all).toHaveLength(1)
      Source.all[0]?.close()
      Source.all[0]?.onerror?.()
      vi.advanceTimersByTime(20_000)
      expect(Source.all).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })
})
