// Who calls: named once, in the form where it asks for him, else beside it.
import type { Schemas } from '../../api/client'
import type { FormModel } from '../../form/model'
import { present, type Values, valueAt, withValue } from '../../form/pointer'

export const callerFields = ['name', 'phone', 'email', 'organisation', 'inn'] as const
export type CallerField = (typeof callerFields)[number]

/** Where the caller's own words are kept among the values, beside the form's. */
const beside = '/ caller'

export const besideAt = (field: CallerField) => `${beside}/${field}`

/** The caller's fields that the form asks for itself. */
export function askedByForm(model: FormModel): ReadonlySet<CallerField> {
  return new Set(callerFields.filter((field) => model.fields.has(`/${field}`)))
}

/** The form's own values. */
export function formValues(values: Values): Values {
  return withValue(values, beside, undefined)
}

/** A caller as the filing names him: a known person by id alone, else by what was said. */
export function requesterOf(model: FormModel, values: Values, known: Schemas['PersonRef'] | undefined): Schemas['RequesterBody'] {
  if (known?.id) return { id: known.id }
  const asked = askedByForm(model)
  const requester: Schemas['RequesterBody'] = {}
  for (const field of callerFields) {
    const value = valueAt(values, asked.has(field) ? `/${field}` : besideAt(field))
    if (present(value)) requester[field] = String(value).trim()
  }
  return requester
}

/** Values with what is known of a person filled in where the form asks for it. */
export function filledFrom(model: FormModel, values: Values, ticket: Schemas['TicketView']): Values {
  const known: Record<CallerField, string | undefined> = {
    name: ticket.requester?.name,
    phone: ticket.requester?.phone,
    email: ticket.requester?.email,
    organisation: ticket.organisation?.name,
    inn: ticket.organisation?.inn,
  }
  let filled = values
  for (const field of askedByForm(model)) {
    if (known[field] && !present(valueAt(filled, `/${field}`))) filled = withValue(filled, `/${field}`, known[field])
  }
  return filled
}
