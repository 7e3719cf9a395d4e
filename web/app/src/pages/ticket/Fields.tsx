import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { type FieldModel, formModel, readable } from '../../form/model'
import { present, valueAt } from '../../form/pointer'
import { language } from '../../i18n'

interface Props {
  view?: Schemas['FormView']
  fields: Record<string, unknown>
}

/** What was filed, in the form's order and by its labels; what the present form no longer has stands last. */
export function Fields({ view, fields }: Props) {
  const { t } = useTranslation()
  const speech = language()
  const model = useMemo(() => view && formModel(view, speech), [view, speech])
  const known = model?.groups.flatMap((group) => group.fields) ?? []
  const rest = Object.keys(fields).filter((name) => !known.some((field) => field.pointer === `/${name}` || field.pointer.startsWith(`/${name}/`)))
  const row = (key: string, label: string, field: FieldModel | undefined, value: unknown) =>
    present(value) && (
      <div key={key}>
        <dt>{label}</dt>
        <dd className="facts__text">{readable(field, value, t('yes'), t('no'))}</dd>
      </div>
    )
  return (
    <dl className="facts">
      {known.map((field) => row(field.pointer, field.label, field, valueAt(fields, field.pointer)))}
      {rest.map((name) => row(name, name, undefined, fields[name]))}
    </dl>
  )
}
