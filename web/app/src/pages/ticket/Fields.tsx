import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { formModel, labelled } from '../../form/model'
import { language } from '../../i18n'

interface Props {
  view?: Schemas['FormView']
  fields: Record<string, unknown>
}

/** What was filed or answered, by the labels of its form. */
export function Fields({ view, fields }: Props) {
  const { t } = useTranslation()
  const speech = language()
  const model = useMemo(() => view && formModel(view, speech), [view, speech])
  return (
    <dl className="facts">
      {labelled(model, fields, t('yes'), t('no')).map(({ pointer, label, text }) => (
        <div key={pointer}>
          <dt>{label}</dt>
          <dd className="facts__text">{text}</dd>
        </div>
      ))}
    </dl>
  )
}
