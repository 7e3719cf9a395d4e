// What is being typed, kept on this device until it is sent.
import type { Schemas } from '../api/client'
import { type FormModel } from './model'
import { present, type Values } from './pointer'

export interface KeptFile {
  id: string
  name: string
  size: number
  /** When it was uploaded; the server forgets an unused file after a day. */
  at: number
}

export interface Draft {
  values: Values
  files: KeptFile[]
  /** Idempotency-Key of the filing. */
  key: string
  savedAt: number
}

export interface DraftPlace {
  tenant: string
  /** Id of the person, or 'anonymous'. */
  person: string
  desk: string
  form: string
  version: number
}

export const anonymous = 'anonymous'
const prefix = 'opora.draft'
const day = 24 * 60 * 60 * 1000
const tooOld = 60 * day

const nameOf = (place: DraftPlace) =>
  [prefix, place.tenant, place.person, place.desk, place.form, place.version].map((part) => encodeURIComponent(part)).join('|')

/** A new Idempotency-Key. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Keeps a draft; false where the device keeps nothing. */
export function keepDraft(place: DraftPlace, draft: Omit<Draft, 'savedAt'>, now: number): boolean {
  try {
    localStorage.setItem(nameOf(place), JSON.stringify({ ...draft, savedAt: now }))
    return true
  } catch {
    return false
  }
}

/** Forgets a draft. */
export function dropDraft(place: DraftPlace) {
  try {
    localStorage.removeItem(nameOf(place))
  } catch {
    // what keeps nothing forgets nothing
  }
}

/**
 * Finds what was typed into a form: by this person and for this version, else by the same person for an earlier
 * version, else on this device before signing in. Of a form that changed, the fields that are still there are taken.
 */
export function findDraft(place: DraftPlace, model: FormModel, now: number): Draft | undefined {
  const own = read(nameOf(place), now)
  if (own) return own
  for (let version = place.version - 1; version > 0; version--) {
    const earlier = read(nameOf({ ...place, version }), now)
    if (earlier) return { ...earlier, values: stillThere(earlier.values, model), key: newKey() }
  }
  if (place.person === anonymous) return undefined
  return read(nameOf({ ...place, person: anonymous }), now)
}

function stillThere(values: Values, model: FormModel): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => [...model.fields.keys()].some((p) => p === `/${name}` || p.startsWith(`/${name}/`))))
}

function read(name: string, now: number): Draft | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? 'null')
    if (!isDraft(kept)) return undefined
    if (now - kept.savedAt > tooOld) {
      localStorage.removeItem(name)
      return undefined
    }
    return { ...kept, files: usable(kept.files, now) }
  } catch {
    return undefined
  }
}

function isDraft(kept: unknown): kept is Draft {
  if (kept === null || typeof kept !== 'object') return false
  const draft = kept as Partial<Draft>
  return (
    draft.values !== null &&
    typeof draft.values === 'object' &&
    !Array.isArray(draft.values) &&
    Array.isArray(draft.files) &&
    typeof draft.key === 'string' &&
    typeof draft.savedAt === 'number'
  )
}

/** Whether a person has typed anything beyond what the form began with. */
export function touched(values: Values, files: KeptFile[], initial: Values): boolean {
  if (files.length > 0) return true
  const names = new Set([...Object.keys(values), ...Object.keys(initial)])
  for (const name of names) {
    const a = values[name]
    const b = initial[name]
    if ((present(a) || present(b)) && JSON.stringify(a) !== JSON.stringify(b)) return true
  }
  return false
}

/** The files that the server still knows: it forgets those that nothing was sent with after a day. */
export const usable = (files: KeptFile[], now: number) => files.filter((file) => now - file.at < day)

/** A draft's files as the server names them. */
export const keptFile = (view: Schemas['AttachmentView'], now: number): KeptFile => ({ id: view.id, name: view.name, size: view.size, at: now })
