// An answer or a note while it is being written: the box under the history and that of a change of status show one.
import { type KeptFile, usable } from '../../../form/draft'
import { present, type Values } from '../../../form/pointer'
import { type Kind, useKept } from '../../../ui/kept'
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

const writings: Kind<Writing> = {
  none: empty,
  blank,
  parse: (found) => {
    const kept = found as Partial<Writing> | null
    if (typeof kept?.text !== 'string' || !Array.isArray(kept.files)) return empty
    const { text, then, seen, blanks } = kept
    const values = kept.values && typeof kept.values === 'object' ? kept.values : undefined
    return { text, then, seen, values, blanks: Array.isArray(blanks) ? blanks : undefined, files: usable(kept.files, Date.now()) }
  },
}

/** What a person writes on a ticket, the means to change it, and to forget it. */
export function useWritten({ tenant, person, number, kind }: Place) {
  const [writing, set] = useKept(['opora.answer', tenant, person, number, kind].join('|'), writings)
  return [writing, set as (change: Change) => void, () => set(empty)] as const
}
