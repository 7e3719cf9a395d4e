// Who calls: named once, in the form where it asks for him, else beside it.
import type { Schemas } from '../../api/client'
import { touched } from '../../form/draft'
import { present, type Values, valueAt, withValue } from '../../form/pointer'

export const callerFields = ['name', 'phone', 'email', 'organisation', 'inn'] as const
export type CallerField = (typeof callerFields)[number]
export type Known = Partial<Record<CallerField, string>>

/** Who calls, as far as the desk knows him. */
export interface Caller extends Known {
  id: string
  name: string
  position?: string
  verified: boolean
}

/** Where the caller's own words are kept among the values, beside the form's. */
const beside = '/ caller'

/** Where a fact of the caller stands among the values: in the form's own field, or beside the form. */
export function placeOf(view: Schemas['FormView'], field: CallerField): string {
  return askedByForm(view).get(field) ?? `${beside}/${field}`
}

/** The caller's facts that the form asks for itself, with the fields that it asks them by. */
export function askedByForm({ person, organisation }: Schemas['FormView']): ReadonlyMap<CallerField, string> {
  const pointers: Partial<Record<CallerField, string>> = { ...person, organisation: organisation?.name, inn: organisation?.inn }
  return new Map(callerFields.flatMap((field) => (pointers[field] ? [[field, pointers[field]] as const] : [])))
}

/** The form's own values. */
export function formValues(values: Values): Values {
  return withValue(values, beside, undefined)
}

/** Where the facts stand that were filled in of a caller: kept with the values, they are told from what was typed after a reload too. */
const filledIn = `${beside}/filled`

/** The facts of the caller that stand in the values because he was chosen. */
export function factsIn(values: Values): Known | undefined {
  return valueAt(values, filledIn) as Known | undefined
}

/** What a form needs to know of a caller. */
export function factsOf(known: Known | undefined): Known | undefined {
  const facts = callerFields.flatMap((field) => (known && present(known[field]) ? [[field, known[field]] as const] : []))
  return facts.length > 0 ? Object.fromEntries(facts) : undefined
}

/** Whether two are the same facts. */
export const sameFacts = (a: Known | undefined, b: Known | undefined) => callerFields.every((field) => a?.[field] === b?.[field])

/** Values with the facts of a caller in place of those of the one before. */
export function withCaller(view: Schemas['FormView'], values: Values, known: Known | undefined): Values {
  const facts = factsOf(known)
  return withValue(filledWith(view, values, facts ?? {}, factsIn(values)), filledIn, facts)
}

/** Whether anything stands in the values that neither the form began with nor the chosen caller brought. */
export function typedIn(view: Schemas['FormView'], initial: Values, values: Values, caller: Caller | undefined): boolean {
  const [begun, now] = [withCaller(view, initial, caller), withCaller(view, values, caller)]
  const facts = callerFields.map((field) => placeOf(view, field))
  return touched(formValues(now), [], formValues(begun)) || facts.some((at) => (valueAt(now, at) ?? '') !== (valueAt(begun, at) ?? ''))
}

/** Who calls, by the words of the form. */
export function nameIn(view: Schemas['FormView'], values: Values): string | undefined {
  const name = valueAt(values, placeOf(view, 'name'))
  return present(name) ? String(name).trim() : undefined
}

/** The address that was typed of the caller, empty where none was. */
export function addressIn(view: Schemas['FormView'], values: Values): string {
  return String(valueAt(values, placeOf(view, 'email')) ?? '').trim()
}

/** A caller as the filing names him: a known person by id alone, else by what was said. */
export function requesterOf(view: Schemas['FormView'], values: Values, caller: Caller | undefined): Schemas['RequesterBody'] {
  if (caller) return { id: caller.id }
  const requester: Schemas['RequesterBody'] = {}
  for (const field of callerFields) {
    const value = valueAt(values, placeOf(view, field))
    if (present(value)) requester[field] = String(value).trim()
  }
  return requester
}

/** Values with what is known of a caller; what was typed stays, what came from the caller before goes with him. */
export function filledWith(view: Schemas['FormView'], values: Values, known: Known, before: Known = {}): Values {
  let filled = values
  for (const field of callerFields) {
    const at = placeOf(view, field)
    const now = valueAt(filled, at)
    if (!present(now) || now === before[field]) filled = withValue(filled, at, known[field])
  }
  return filled
}

/** What the words of a search that found nobody tell of the caller. */
export function guessed(words: string): Known {
  const text = words.trim()
  if (text === '') return {}
  if (/^\S+@\S+$/.test(text)) return { email: text }
  if (/^\d{10}$|^\d{12}$/.test(text)) return { inn: text }
  if (/^\+?\d[\d\s().-]*$/.test(text)) return !isNumber(text) && text.replaceAll(/\D/g, '').length >= shortestPhone ? { phone: text } : {}
  return /^[\p{L}\s.'’-]+$/u.test(text) ? { name: text } : {}
}

/** Digits of the shortest phone number, one within a town. */
const shortestPhone = 6

/** The number of a ticket as it is said or typed: its digits, and its letters where some were named. */
export interface Said {
  letters: string
  digits: string
}

const called = /^(?:(?:№|#|номер|number|обращени[ея]|заявк[аи]|ticket|no\.)[\s:]*)+/iu
const written = /^(\p{L}{1,10}|\p{L}(?:\s\p{L}){1,9})?\s*[-‐‑‒–—―−]?\s*(\d[\d\s]*)$/u

/** Reads words as the number of a ticket: letters and digits, or three to eight digits alone. */
export function numberIn(words: string): Said | undefined {
  const [, letters = '', spaced = ''] = written.exec(words.trim().replace(called, '')) ?? []
  const digits = spaced.replaceAll(/\s/g, '')
  if (digits === '' || (letters === '' && !/^\d{3,8}$/.test(digits))) return undefined
  return { letters: letters.replaceAll(/\s/g, '').toUpperCase(), digits }
}

/** Whether words look like the number of a ticket. */
export const isNumber = (words: string) => numberIn(words) !== undefined

export function callerOf(person: Schemas['FoundPersonView']): Caller {
  const { id, name, phone, email, position, verified, organisation } = person
  return { id, name, phone, email, position, verified, organisation: organisation?.name, inn: organisation?.inn }
}

/** The requester of a ticket, where it shows one. */
export function requesterOfTicket({ requester, organisation }: Schemas['TicketView']): Caller | undefined {
  if (!requester?.id) return undefined
  const { id, name, phone, email, verified } = requester
  return { id, name, phone, email, verified: verified !== false, organisation: organisation?.name, inn: organisation?.inn }
}
