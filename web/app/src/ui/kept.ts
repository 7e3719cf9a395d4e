import { type Dispatch, type SetStateAction, useEffect, useState } from 'react'

/** What is kept on this device until it is sent, so that nothing that was typed is lost by a reload; `none` is not kept. */
export function useKept<T>(name: string, none: T, parse: (kept: unknown) => T): [T, Dispatch<SetStateAction<T>>] {
  const [value, setValue] = useState(() => read(name, none, parse))
  useEffect(() => {
    try {
      if (value === none) localStorage.removeItem(name)
      else localStorage.setItem(name, JSON.stringify(value))
    } catch {
      // then it is kept as long as the page is open
    }
  }, [name, value, none])
  return [value, setValue]
}

/** A text that is kept. */
export function useKeptText(name: string) {
  return useKept(name, '', (kept) => (typeof kept === 'string' ? kept : ''))
}

function read<T>(name: string, none: T, parse: (kept: unknown) => T): T {
  try {
    const kept = localStorage.getItem(name)
    return kept === null ? none : parse(JSON.parse(kept))
  } catch {
    return none
  }
}
