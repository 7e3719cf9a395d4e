// An answer or a note while it is being written, kept on this device until the server has it. Whatever shows one
// shows the same one: the box under the history, the box of a change of status, another tab.
import { useCallback, useSyncExternalStore } from 'react'

import { type KeptFile, usable } from '../../../form/draft'
import { present, type Values } from '../../../form/pointer'
import type { Seen } from './working'

export interface Writing {
  text: string
  files: KeptFile[]
  /** What was filled in of the resolution. */
  values?: Values
  /** The key of the transition that its template proposes. */
  then?: string
  /** Places of a template that the ticket had no value for. */
  blanks?: string[]
  /** What was seen when the writing began. */
  seen?: Seen
}

export type Change = (writing: Writing) => Writing

interface Place {
  tenant: string
  person: string
  number: string
  kind: 'public' | 'internal' | 'handover'
}

const empty: Writing = { text: '', files: [] }

/** Whether nothing has been written yet. */
export const blank = (writing: Writing) => writing.text === '' && writing.files.length === 0 && !present(writing.values)

const held = new Map<string, Writing>()
const listeners = new Set<() => void>()

const tell = () => {
  for (const listen of listeners) listen()
}

function watch(listen: () => void) {
  if (listeners.size === 0) window.addEventListener('storage', elsewhere)
  listeners.add(listen)
  return () => {
    listeners.delete(listen)
    if (listeners.size > 0) return
    window.removeEventListener('storage', elsewhere)
    // Read anew when a ticket is opened again: another tab may have sent it.
    held.clear()
  }
}

/** Another tab of this browser has written. */
function elsewhere({ key }: StorageEvent) {
  if (key !== null && !held.delete(key)) return
  if (key === null) held.clear()
  tell()
}

function current(name: string): Writing {
  let writing = held.get(name)
  if (!writing) {
    writing = read(name)
    held.set(name, writing)
  }
  return writing
}

function put(name: string, writing: Writing) {
  held.set(name, writing)
  try {
    if (blank(writing)) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(writing))
  } catch {
    // a device that keeps nothing keeps the page's own state still
  }
  tell()
}

/** What a person writes on a ticket, the means to change it, and to forget it. */
export function useWritten({ tenant, person, number, kind }: Place) {
  const name = ['opora.answer', tenant, person, number, kind].join('|')
  const writing = useSyncExternalStore(watch, () => current(name))
  const set = useCallback((change: Change) => put(name, change(current(name))), [name])
  const clear = useCallback(() => put(name, empty), [name])
  return [writing, set, clear] as const
}

function read(name: string): Writing {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? 'null') as Partial<Writing> | null
    if (typeof kept?.text !== 'string' || !Array.isArray(kept.files)) return empty
    const { text, then, seen, blanks } = kept
    const values = kept.values && typeof kept.values === 'object' ? kept.values : undefined
    return { text, then, seen, values, blanks: Array.isArray(blanks) ? blanks : undefined, files: usable(kept.files, Date.now()) }
  } catch {
    return empty
  }
}
