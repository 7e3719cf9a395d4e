import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { type Check } from './check'
import { useForm } from './context'
import { answerTo, difference, named, unfinished } from './outcome'

interface Props {
  /** The status that a new ticket gets. */
  status?: string
  person?: Schemas['PersonView'] | null
}

/** A word, beside the button, on what sending would lead to now. */
export function Outcome({ status, person }: Props) {
  const { t } = useTranslation()
  const { model, values, check } = useForm()
  if (!check) return null
  const left = unfinished(model, check)
  if (left.length > 0) return <p className="hint">{t('form.todo', { fields: named(left, (count) => t('form.and_more', { count })) })}</p>
  const email = answerTo(model, values, person)
  return (
    <p className="hint">
      {t('form.ready')} {status && t('form.then', { status })} {email && t('form.answer_to', { email })}
    </p>
  )
}

/** Tells those who do not see the page that the rules have shown or hidden fields. */
export function Changes() {
  const { t } = useTranslation()
  const { model, check } = useForm()
  const before = useRef<Check>(undefined)
  const [text, setText] = useState('')
  useEffect(() => {
    const was = before.current
    before.current = check
    if (!was || !check || was === check) return
    const more = (count: number) => t('form.and_more', { count })
    const appeared = difference(model, check, was)
    const gone = difference(model, was, check)
    if (appeared.length + gone.length === 0) return
    setText(
      [appeared.length > 0 && t('form.appeared', { fields: named(appeared, more) }), gone.length > 0 && t('form.gone', { fields: named(gone, more) })]
        .filter(Boolean)
        .join('. '),
    )
  }, [check, model, t])
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  )
}
