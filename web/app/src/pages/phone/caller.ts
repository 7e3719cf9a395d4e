// Who calls: named once, in the form where it asks for him, else beside it.
import type { Schemas } from '../../api/client'
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
  if (/^\+?\d[\d\s().-]{4,}$/.test(text)) return { phone: text }
  return /^[\p{L}\s.'’-]+$/u.test(text) ? { name: text } : {}
}

/** Whether words look like the number of a ticket: letters and digits, or some digits alone. */
export function isNumber(words: string): boolean {
  return /^\p{L}{1,8}\s*-?\s*\d[\d\s]*$/u.test(words) || /^\d(?:\s*\d){2,7}$/.test(words)
}

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
