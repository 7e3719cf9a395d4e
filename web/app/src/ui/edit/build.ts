// Fields of the forms that administrators and operators fill: the same model as a plugin's, written by hand.
import type { FieldModel, FormModel, Kind } from '../../form/model'

/** A field of a form; it is mandatory unless told otherwise. */
export function field(pointer: string, kind: Kind, label: string, more: Partial<FieldModel> = {}): FieldModel {
  return { pointer, kind, label, options: [], required: true, ...more }
}

/** The Russian and the English field of a text in both languages; without the English one the Russian stands for both. */
export function inBoth(pointer: string, labels: { ru: string; en: string }, more: Partial<FieldModel> = {}): FieldModel[] {
  return [field(`${pointer}/ru`, 'text', labels.ru, more), field(`${pointer}/en`, 'text', labels.en, { ...more, required: false })]
}

/** The model of a form of given fields, in their order. */
export function modelOf(title: string, fields: readonly FieldModel[]): FormModel {
  return {
    key: 'edit',
    version: 0,
    title,
    groups: [{ key: 'all', title, fields: [...fields] }],
    texts: new Map(),
    fields: new Map(fields.flatMap(within).map((one) => [one.pointer, one])),
  }
}

const within = (one: FieldModel): FieldModel[] => [one, ...(one.item ? within(one.item) : []), ...(one.members?.flatMap(within) ?? [])]
