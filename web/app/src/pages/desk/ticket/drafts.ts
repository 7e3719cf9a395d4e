// An answer or a note while it is being written, kept on this device until the server has it.
import { useEffect, useState } from 'react'

import type { KeptFile } from '../../../form/draft'
import type { Seen } from './working'

export interface Writing {
  text: string
  files: KeptFile[]
  /** The key of the transition that its template proposes. */
  then?: string
  /** What was seen when the writing began. */
  seen?: Seen
}

const empty: Writing = { text: '', files: [] }
const day = 24 * 60 * 60 * 1000

export function useWritten(place: { tenant: string; person: string; number: string; kind: 'public' | 'internal' }) {
  const name = ['opora.answer', place.tenant, place.person, place.number, place.kind].join('|')
  const [writing, setWriting] = useState<Writing>(() => read(name))
  useEffect(() => {
    try {
      if (writing.text === '' && writing.files.length === 0) localStorage.removeItem(name)
      else localStorage.setItem(name, JSON.stringify(writing))
    } catch {
      // a device that keeps nothing keeps the page's own state still
    }
  }, [name, writing])
  return [writing, setWriting, () => setWriting(empty)] as const
}

function read(name: string): Writing {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? 'null') as Partial<Writing> | null
    if (typeof kept?.text !== 'string' || !Array.isArray(kept.files)) return empty
    return { text: kept.text, then: kept.then, seen: kept.seen, files: kept.files.filter((file) => Date.now() - file.at < day) }
  } catch {
    return empty
  }
}
