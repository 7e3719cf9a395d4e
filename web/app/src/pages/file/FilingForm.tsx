import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries } from '../../api/queries'
import { useCheck } from '../../form/check'
import { FormContext } from '../../form/context'
import { anonymous, type DraftPlace } from '../../form/draft'
import { FormBody } from '../../form/FormBody'
import { formModel } from '../../form/model'
import { Changes, Outcome } from '../../form/Outcome'
import { given, present, type Values } from '../../form/pointer'
import { placed, type Problem, stillWrong } from '../../form/problems'
import { Summary } from '../../form/Summary'
import { type FilesState, useFilesHold } from '../../form/hold'
import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { Prose } from '../../ui/Prose'
import { SendButton } from '../../ui/SendButton'
import { useKept } from './keeping'
import { file } from './send'

const Restored = lazy(async () => ({ default: (await import('./Restored')).Restored }))
const Others = lazy(() => import('./Others'))
const Files = lazy(async () => ({ default: (await import('../../form/Files')).Files }))

interface Props {
  place: DraftPlace
  view: Schemas['FormView']
  service?: Schemas['DeskView']
  person?: Schemas['PersonView'] | null
  /** Somebody else had begun to fill it on this page. */
  another: boolean
  onSent: (ticket: Schemas['TicketView']) => void
}

/** A form being filled: the plugin's fields, what the rules say of them now, the files, and the way to send it. */
export function FilingForm({ place: given_, view, service, person, another, onSent }: Props) {
  const { t } = useTranslation()
  const [place] = useState(given_)
  const { tenant, desk, form } = place
  const speech = language()
  const model = useMemo(() => formModel(view, speech), [view, speech])
  const kept = useKept(place, view, model)
  const { values, files } = kept
  const { check, settled } = useCheck({ tenant, desk, form }, values)
  const [refused, setRefused] = useState<Problem[]>([])
  const [onTheirWay, setOnTheirWay] = useState<FilesState>({ uploading: 0, refused: 0, later: 0 })
  const [held, setHeld] = useState(false)
  const hold = useFilesHold(onTheirWay)
  const [attempt, setAttempt] = useState(0)
  const fixed = useMemo(() => new Set(Object.entries(view.prefill).flatMap(([pointer, value]) => (present(value) ? [pointer] : []))), [view])
  const sending = useRef(false)

  const send = useMutation({
    mutationFn: (fields: Values) =>
      file({ tenant, desk, form, fields, attachments: files.map((one) => one.id), key: kept.key, person: place.person === anonymous ? undefined : place.person }),
    onSuccess: (ticket) => {
      kept.finish()
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
      onSent(ticket)
    },
    onError: (err) => {
      const final = err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401
      // A filing with an unknown end keeps its key, so that sending it again cannot file it twice.
      if (final) kept.renew()
      // Whatever refuses: what it says of a field stands at the field.
      setRefused(err instanceof ApiError ? placed(model, err.errors) : [])
      setAttempt((count) => count + 1)
    },
    onSettled: () => {
      sending.current = false
    },
  })

  // What is corrected stops being wrong at once, and what is still wrong says so in the present words.
  useEffect(() => {
    if (check) setRefused((shown) => (shown.length > 0 ? stillWrong(model, shown, check.problems) : shown))
  }, [check, model])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (sending.current) return
    setHeld(hold !== undefined)
    // Nothing is sent without a file that was chosen for it.
    if (hold !== undefined) return setAttempt((count) => count + 1)
    sending.current = true
    const fields = given(values) as Values
    kept.setValues(fields)
    send.mutate(fields)
  }
  if (!check && !settled) return <Waiting />
  const problems = held && hold !== undefined ? [...refused.filter(({ at }) => at !== '/attachments'), { pointer: '/attachments', at: '/attachments', message: hold }] : refused
  const message = new Map(problems.map((problem) => [problem.at, problem.message]))
  const reused = send.error instanceof ApiError && send.error.code === 'idempotency_key_reused'
  return (
    <FormContext value={{ model, values, set: kept.set, check, problem: (pointer) => message.get(pointer), fixed }}>
      <div className="page page--narrow">
        <Link to="/t/$tenant" params={{ tenant }} className="back">
          {service?.title ?? t('nav.home')}
        </Link>
        <PageTitle>{model.title}</PageTitle>
        {(another || kept.sentElsewhere) && (
          <p className="restored" role="status">
            {another ? t('form.another') : t('form.sent_elsewhere')}
          </p>
        )}
        {kept.others.length > 0 && (
          <Suspense fallback={null}>
            <Others
              drafts={kept.others}
              person={place.person}
              known={Object.values(view.prefill)}
              onTake={(draft) => {
                kept.take(draft)
                document.querySelector<HTMLElement>('.page-title')?.focus()
              }}
            />
          </Suspense>
        )}
        {kept.restoredAt !== undefined && (
          <Suspense fallback={null}>
            <Restored at={kept.restoredAt} onDiscard={kept.discard} />
          </Suspense>
        )}
        {check?.refused && (
          <p className="problem" role="alert">
            {check.refused.message}
          </p>
        )}
        <Summary model={model} problems={problems} attempt={attempt} />
        {service?.texts.filing && (
          <details className="filing">
            <summary>{t('home.filing')}</summary>
            <Prose text={service.texts.filing} />
          </details>
        )}
        <form onSubmit={submit} noValidate aria-label={model.title}>
          <p className="hint">{t('form.required_all')}</p>
          <FormBody />
          <Changes />
          {place.person === anonymous ? (
            model.files && <p className="hint">{t('form.no_files')}</p>
          ) : (
            <Suspense fallback={<Waiting />}>
              <Files
                tenant={tenant}
                desk={desk}
                limits={view.limits}
                label={model.files?.label}
                hint={model.files?.hint}
                problem={message.get('/attachments')}
                files={files}
                onState={setOnTheirWay}
                onChange={kept.setFiles}
              />
            </Suspense>
          )}
          {send.error && problems.length === 0 && (reused ? <Said text={t('form.maybe_sent')} /> : <Failure error={send.error} />)}
          <Outcome status={service?.statuses.find(({ category }) => category === 'new')?.title} zone={service?.time_zone} view={view} person={person} />
          <SendButton size="md" busy={send.isPending} mt="xs">
            {service?.words.submit ?? t('form.submit')}
          </SendButton>
          {kept.lasting && <p className="hint">{t('form.kept')}</p>}
        </form>
      </div>
    </FormContext>
  )
}

function Said({ text }: { text: string }) {
  return (
    <p className="problem" role="alert">
      {text}
    </p>
  )
}
