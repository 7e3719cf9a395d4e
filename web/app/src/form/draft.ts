// What is being typed, kept on this device until it is sent.
import type { Schemas } from '../api/client'
import { type FormModel } from './model'
import { cleaned, given, present, type Values } from './pointer'

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
  /** Tells several drafts of one form apart; absent for the first. */
  slot?: string
}

/** A draft that was found on this device. */
export interface Found extends Draft {
  place: DraftPlace
  /** As it is stored, to see whether it has changed since. */
  raw: string
}

export const anonymous = 'anonymous'
const prefix = 'opora.draft'
const sentPrefix = 'opora.sent|'
const slotPrefix = 'opora.slot|'
const day = 24 * 60 * 60 * 1000
const tooOld = 60 * day

const nameOf = ({ tenant, person, desk, form, version, slot }: DraftPlace) =>
  [prefix, tenant, person, desk, form, version, ...(slot ? [slot] : [])].map((part) => encodeURIComponent(part)).join('|')

/** A new Idempotency-Key. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether this device keeps anything. */
export function keeps(): boolean {
  try {
    localStorage.setItem(prefix, '')
    localStorage.removeItem(prefix)
    return true
  } catch {
    return false
  }
}

/** Keeps a draft; tells how it is stored, undefined where the device keeps nothing. */
export function keepDraft(place: DraftPlace, draft: Omit<Draft, 'savedAt'>, now: number): string | undefined {
  const raw = JSON.stringify({ ...draft, savedAt: now })
  try {
    localStorage.setItem(nameOf(place), raw)
    return raw
  } catch {
    return undefined
  }
}

/** What is stored at a place now. */
export function storedAt(place: DraftPlace): string | undefined {
  try {
    return localStorage.getItem(nameOf(place)) ?? undefined
  } catch {
    return undefined
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
 * Finds all that was typed into a form by a person, for this version or an earlier one, latest first. Of a form that
 * changed, the fields that are still there are taken. What was sent meanwhile, from whichever tab, is no draft any more.
 */
export function findDrafts(place: DraftPlace, model: FormModel, now: number): Found[] {
  const found: Found[] = []
  for (const name of stored(`${nameOf({ ...place, slot: undefined }).replace(/\d+$/, '')}`)) {
    const [version = '', slot] = name.split('|').slice(5).map(decodeURIComponent)
    const at = { ...place, version: Number(version), slot }
    const draft = at.version <= place.version ? read(name, now) : undefined
    if (!draft) continue
    const sent = sentAs(draft.key)
    if (sent === digest(draft)) {
      dropDraft(at)
      continue
    }
    const changed = at.version < place.version
    found.push({
      ...draft,
      values: changed ? stillThere(draft.values, model) : draft.values,
      key: changed || sent !== undefined ? newKey() : draft.key,
      place: at,
    })
  }
  return found.sort((a, b) => b.place.version - a.place.version || b.savedAt - a.savedAt)
}

function stored(start: string): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start))
  } catch {
    return []
  }
}

/** The slot that this tab keeps a form's draft in, undefined where it has not opened the form yet. */
export function slotOf(place: DraftPlace): string | undefined {
  try {
    return sessionStorage.getItem(slotPrefix + nameOf({ ...place, version: 0, slot: undefined })) ?? undefined
  } catch {
    return undefined
  }
}

/** Remembers the slot over a reload. */
export function noteSlot(place: DraftPlace, slot: string) {
  try {
    sessionStorage.setItem(slotPrefix + nameOf({ ...place, version: 0, slot: undefined }), slot)
  } catch {
    // then the latest draft comes back
  }
}

/** A short word for contents, the same for the same contents. */
export function digest({ values, files }: Pick<Draft, 'values' | 'files'>): string {
  const text = JSON.stringify([sorted(given(values)), files.map(({ id }) => id)])
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 2654435761)
    b = Math.imul(b ^ text.charCodeAt(i), 1597334677)
  }
  return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}-${text.length}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}

/** Tells every tab that a filing was sent, and with what; marks of the day before are cleared away. */
export function noteSent(key: string, sent: string, now: number) {
  try {
    for (const name of stored(sentPrefix)) if (!(now - Number(localStorage.getItem(name)?.split(' ')[1]) < day)) localStorage.removeItem(name)
    localStorage.setItem(sentName(key), `${sent} ${now}`)
  } catch {
    // then the key alone keeps it from being filed twice
  }
}

/** The name of the mark that a filing was sent. */
export const sentName = (key: string) => sentPrefix + key

/** What was sent under a key, as a digest. */
export function sentAs(key: string): string | undefined {
  try {
    return localStorage.getItem(sentName(key))?.split(' ')[0]
  } catch {
    return undefined
  }
}

function stillThere(values: Values, model: FormModel): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => [...model.fields.keys()].some((p) => p === `/${name}` || p.startsWith(`/${name}/`))))
}

function read(name: string, now: number): (Draft & { raw: string }) | undefined {
  try {
    const raw = localStorage.getItem(name) ?? 'null'
    const kept: unknown = JSON.parse(raw)
    if (!isDraft(kept)) return undefined
    if (now - kept.savedAt > tooOld) {
      localStorage.removeItem(name)
      return undefined
    }
    return { ...kept, values: cleaned(kept.values) as Values, files: usable(kept.files, now), raw }
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
