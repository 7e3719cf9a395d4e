// What can be told of a form of ours before it is sent. The server decides; but a number that cannot be read
// keeps it from reading the rest, so that then all that is plainly wrong is told here at once.
import type { TFunction } from 'i18next'

import type { FieldModel, FormModel } from '../../form/model'
import { present, valueAt, type Values } from '../../form/pointer'
import type { Problem } from '../../form/problems'

const isText = ({ kind }: FieldModel) => kind === 'text' || kind === 'fio' || kind === 'email'

/** The plain faults of a form in which a number cannot be read; none where the server can read everything. */
export function faults(model: FormModel, values: Values, t: TFunction<'admin'>): Problem[] {
  const fields = [...model.fields.values()].filter(({ pointer }) => !pointer.includes('*'))
  const unread = (field: FieldModel) => field.kind === 'number' && typeof valueAt(values, field.pointer) === 'string'
  if (!fields.some(unread)) return []
  const fault = (field: FieldModel): string | undefined => {
    const value = valueAt(values, field.pointer)
    if (unread(field)) return t(field.integer ? 'edit.fault.whole' : 'edit.fault.number')
    if (field.kind === 'number' && typeof value === 'number' && value < 0) return t('edit.fault.min', { least: 0 })
    if (isText(field) && field.required && !present(value)) return t('edit.fault.required')
    return undefined
  }
  return fields.flatMap((field) => {
    const message = fault(field)
    return message === undefined ? [] : [{ pointer: field.pointer, at: field.pointer, message }]
  })
}
