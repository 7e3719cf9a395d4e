// The calls of an agent on this device: the one that goes on, and those that broke off before their ticket was filed.
// Each has drafts of its own, so that what one caller said never stands beside the name of another.
import { useEffect, useRef, useState } from 'react'

import { type DraftPlace, dropDraft, newKey } from '../../form/draft'
import type { Caller, Known } from './caller'

export interface Call {
  id: string
  desk: string
  form?: string
  /** Who calls, where he was found. */
  caller?: Caller
  /** What is known of him otherwise. */
  said?: Known
}

/** A call as it is kept. */
export interface KeptCall extends Call {
  /** When something was first typed. */
  at: number
  /** Whether anything was typed that would be lost. */
  typed: boolean
  /** Who called, as far as the form tells it. */
  name?: string
  places: DraftPlace[]
}

const day = 24 * 60 * 60 * 1000
const tooOld = 60 * day

const shelfOf = (tenant: string, person: string) => `opora.calls|${tenant}|${person}`

/** A call that has just begun. */
export const begun = (desk: string): Call => ({ id: newKey(), desk })

/** Every kept call of an agent. Those that nobody will go on with are forgotten with their drafts. */
export function readCalls(shelf: string, now: number): KeptCall[] {
  const kept = read(shelf)
  const stale = kept.filter((call) => now - call.at > (call.typed ? tooOld : day))
  if (stale.length === 0) return kept
  stale.forEach(forgetDrafts)
  const left = kept.filter((call) => !stale.includes(call))
  write(shelf, left)
  return left
}

/** Keeps what is new of a call; the rest of it stays as it was kept. */
export function keepCall(shelf: string, call: Call, more: Partial<Pick<KeptCall, 'typed' | 'name'>> & { place?: DraftPlace }, now: number) {
  const kept = read(shelf)
  const before = kept.find((one) => one.id === call.id)
  const { place, ...rest } = more
  const places = before?.places ?? []
  const { id, desk, form, caller, said } = call
  const next: KeptCall = {
    typed: before?.typed ?? false,
    name: before?.name,
    ...rest,
    at: before && (before.typed || !rest.typed) ? before.at : now,
    places: place && !places.some((one) => same(one, place)) ? [...places, place] : places,
    id,
    desk,
    form,
    caller,
    said,
  }
  write(shelf, before ? kept.map((one) => (one === before ? next : one)) : [...kept, next])
}

/** Takes a call off the shelf; its drafts are the caller's to forget. */
export function takeCall(shelf: string, id: string): KeptCall | undefined {
  const kept = read(shelf)
  write(shelf, kept.filter((one) => one.id !== id))
  return kept.find((one) => one.id === id)
}

/** Forgets what was typed in a call. */
export function forgetDrafts(call: KeptCall) {
  call.places.forEach(dropDraft)
}

/** The call of this tab, and the others that were set aside. */
export function useCalls(tenant: string, person: string, desks: string[]) {
  const shelf = shelfOf(tenant, person)
  const [call, setCall] = useState<Call>(() => {
    const current = currentOf(shelf)
    return readCalls(shelf, Date.now()).find((one) => one.id === current && desks.includes(one.desk)) ?? begun(desks[0] ?? '')
  })
  const [kept, setKept] = useState(() => readCalls(shelf, Date.now()))
  const gone = useRef<KeptCall>(undefined)
  const reread = () => setKept(readCalls(shelf, Date.now()))
  // The form that was left keeps its draft while it goes: only now can it be forgotten.
  useEffect(() => {
    setCurrent(shelf, call.id)
    if (gone.current) forgetDrafts(gone.current)
    gone.current = undefined
    setKept(readCalls(shelf, Date.now()))
  }, [shelf, call.id])
  const leave = (to: Call) => {
    const now = read(shelf).find((one) => one.id === call.id)
    if (now && !now.typed) gone.current = takeCall(shelf, call.id)
    setCall(to)
  }
  return {
    call,
    /** Calls that broke off, the latest first. */
    unfinished: kept.filter((one) => one.typed && one.id !== call.id && desks.includes(one.desk)).sort((a, b) => b.at - a.at),
    change: (patch: Partial<Omit<Call, 'id'>>) => {
      const next = { ...call, ...patch }
      setCall(next)
      keepCall(shelf, next, {}, Date.now())
    },
    /** Notes what the form says of the call. */
    note: (more: { place: DraftPlace; typed: boolean; name?: string }) => keepCall(shelf, call, more, Date.now()),
    /** Sets this call aside, where anything was typed in it, and begins an empty one. */
    next: (desk = call.desk) => leave(begun(desk)),
    resume: (other: KeptCall) => leave(other),
    /** Begins anew with nothing of this call left. */
    discard: () => {
      gone.current = takeCall(shelf, call.id)
      setCall(begun(call.desk))
    },
    remove: (other: KeptCall) => {
      takeCall(shelf, other.id)
      forgetDrafts(other)
      reread()
    },
    /** The ticket is filed: nothing of the call is kept, though it is still shown. */
    finish: () => {
      const filed = takeCall(shelf, call.id)
      if (filed) forgetDrafts(filed)
    },
  }
}

const same = (a: DraftPlace, b: DraftPlace) => a.desk === b.desk && a.form === b.form && a.version === b.version

function read(shelf: string): KeptCall[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(shelf) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isCall) : []
  } catch {
    return []
  }
}

function isCall(kept: unknown): kept is KeptCall {
  if (kept === null || typeof kept !== 'object') return false
  const call = kept as Partial<KeptCall>
  return typeof call.id === 'string' && typeof call.desk === 'string' && typeof call.at === 'number' && Array.isArray(call.places)
}

function write(shelf: string, calls: KeptCall[]) {
  try {
    if (calls.length === 0) localStorage.removeItem(shelf)
    else localStorage.setItem(shelf, JSON.stringify(calls))
  } catch {
    // then a call lasts as long as the page is open
  }
}

// Which call a tab is in the midst of belongs to the tab: two tabs take two calls.
function currentOf(shelf: string): string | null {
  try {
    return sessionStorage.getItem(shelf)
  } catch {
    return null
  }
}

function setCurrent(shelf: string, id: string) {
  try {
    sessionStorage.setItem(shelf, id)
  } catch {
    // then a reload begins an empty call, and this one is offered
  }
}
