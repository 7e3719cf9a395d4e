import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { instant } from '../ui/format'
import { type Check, isVisible } from './check'
import { useForm } from './context'
import { answerTo, difference, named, unfinished } from './outcome'

interface Props {
  /** The status that a new ticket gets. */
  status?: string
  /** The desk's time zone. */
  zone?: string
  view: Schemas['FormView']
  person?: Schemas['PersonView'] | null
}

/** A word, beside the button, on what sending would lead to now. */
export function Outcome({ status, zone, view, person }: Props) {
  const { t } = useTranslation()
  const { model, values, check } = useForm()
  if (!check || check.refused) return null
  const left = unfinished(model, check)
  if (left.length > 0) return <p className="hint">{t('form.todo', { fields: named(left, (count) => t('form.and_more', { count })) })}</p>
  // What stands in a hidden field is not sent.
  const email = answerTo(isVisible(check, view.person?.email ?? '') ? view : {}, values, person?.email)
  return (
    <p className="hint">
      {t('form.ready')} {status && t('form.then', { status })} {check.outcome?.line && t('form.goes_to', { line: check.outcome.line })}{' '}
      {check.outcome?.due_at && t('sent.due', { at: instant(check.outcome.due_at, zone) })} {email && t('form.answer_to', { email })}
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
