// What is kept on this device until it is sent, so that nothing that was typed is lost by a reload. Whatever shows
// the same one shows the same text: another box of the page, another tab.
import { type SetStateAction, useCallback, useSyncExternalStore } from 'react'

export interface Kind<T> {
  none: T
  /** Makes of what was kept what can be used now; what it throws is none. */
  parse: (kept: unknown) => T
  /** What need not be kept; else only `none` is not. */
  blank?: (value: T) => boolean
}

const held = new Map<string, unknown>()
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
    // Read anew when it is shown again: another tab may have sent it.
    held.clear()
  }
}

/** Another tab of this browser has written. */
function elsewhere({ key }: StorageEvent) {
  if (key !== null && !held.delete(key)) return
  if (key === null) held.clear()
  tell()
}

function current<T>(name: string, kind: Kind<T>): T {
  if (!held.has(name)) held.set(name, read(name, kind))
  return held.get(name) as T
}

function read<T>(name: string, { none, parse }: Kind<T>): T {
  try {
    const kept = localStorage.getItem(name)
    return kept === null ? none : parse(JSON.parse(kept))
  } catch {
    return none
  }
}

function put<T>(name: string, { none, blank }: Kind<T>, value: T) {
  held.set(name, value)
  try {
    if (value === none || blank?.(value)) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // a device that keeps nothing keeps the page's own state still
  }
  tell()
}

/** What is kept under a name, and the means to change it. */
export function useKept<T>(name: string, kind: Kind<T>): [T, (next: SetStateAction<T>) => void] {
  const value = useSyncExternalStore(watch, () => current(name, kind))
  const set = useCallback((next: SetStateAction<T>) => put(name, kind, next instanceof Function ? next(current(name, kind)) : next), [name, kind])
  return [value, set]
}

const text: Kind<string> = { none: '', parse: (kept) => (typeof kept === 'string' ? kept : '') }

/** A text that is kept. */
export const useKeptText = (name: string) => useKept(name, text)
