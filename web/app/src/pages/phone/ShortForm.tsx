import { Button, Group, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries } from '../../api/queries'
import { type Check, useCheck } from '../../form/check'
import { FormContext } from '../../form/context'
import type { DraftPlace } from '../../form/draft'
import { FormBody } from '../../form/FormBody'
import { type FormModel, formModel, initialValues } from '../../form/model'
import { given, inputId, present, type Values, valueAt } from '../../form/pointer'
import { placed, type Problem, stillWrong } from '../../form/problems'
import { Summary } from '../../form/Summary'
import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { Waiting } from '../../shell/Waiting'
import { usePlace } from '../desk/place'
import { useKept } from '../file/keeping'
import { Restored } from '../file/Restored'
import { addressIn, askedByForm, type Caller, type CallerField, callerFields, callerOf, factsIn, factsOf, formValues, nameIn, placeOf, requesterOf, sameFacts, typedIn, withCaller } from './caller'
import type { Call } from './calls'
import { KnownOne } from './KnownOne'

export interface ShortFormProps {
  desk: Schemas['DeskView']
  view: Schemas['FormView']
  /** The call that the ticket is of. */
  call: Call
  /** Where this form is kept, whether anything was typed into it, and who calls by its words. */
  onNote: (note: { place: DraftPlace; typed: boolean; name?: string }) => void
  /** The caller turned out to be somebody who is known. */
  onKnown: (caller: Caller) => void
  onDiscard: () => void
  onFiled: (ticket: Schemas['TicketView']) => void
}

/** A form as it is filled on the phone: only what is mandatory, unless all is asked for. */
export function ShortForm({ desk, view: served, call, onNote, onKnown, onDiscard, onFiled }: ShortFormProps) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant, me } = usePlace()
  const speech = language()
  // The profile that the server fills in is the agent's, not the caller's.
  const view = useMemo(() => ({ ...served, prefill: {} }), [served])
  const model = useMemo(() => formModel(view, speech), [view, speech])
  // Each call has a draft of its own.
  const [place] = useState<DraftPlace>({ tenant, person: `${me.id} phone`, desk: `${desk.slug} ${call.id}`, form: view.key, version: view.version })
  const kept = useKept(place, view, model)
  const values = kept.values
  const own = useMemo(() => formValues(values), [values])
  const { caller, said } = call
  // Whether this caller may be taken is known before the rest is typed.
  const address = addressIn(view, values)
  const requester = useMemo(() => (caller ? { id: caller.id } : { email: address }), [caller, address])
  const { check, settled } = useCheck({ tenant, desk: desk.slug, form: view.key, requester }, own)
  const [all, setAll] = useState(false)
  const [problems, setProblems] = useState<Problem[]>([])
  const [attempt, setAttempt] = useState(0)
  // A refusal of one caller is none of the next.
  const [failedFor, setFailedFor] = useState<Schemas['RequesterBody']>()
  const top = useRef<HTMLDivElement>(null)
  const sending = useRef(false)
  const asked = askedByForm(view)
  const shown = useMemo(() => (check && !all ? shortened(check, own, problems) : check), [check, all, own, problems])

  const known = useMemo(() => factsOf(caller ?? said), [caller, said])
  const { setValues } = kept
  const facts = factsIn(values)
  useEffect(() => {
    if (!sameFacts(facts, known)) setValues((now) => withCaller(view, now, known))
  }, [facts, known, setValues, view])
  const typed = useMemo(() => said !== undefined || typedIn(view, initialValues(view), values, caller), [view, values, caller, said])
  const [wasTyped] = useState(typed)
  const name = caller?.name ?? nameIn(view, values)
  useEffect(() => onNote({ place, typed, name }), [place, typed, name])

  const [twin, setTwin] = useState<Caller>()
  const refused = useRef(new Set<string>())
  const send = useMutation({
    mutationFn: async (by: Caller | undefined) => {
      const same = by || address === '' || refused.current.has(address) ? undefined : await knownBy(tenant, desk.slug, address)
      if (same) return same
      return ask(
        api.POST('/api/v1/t/{tenant}/tickets', {
          params: { path: { tenant }, header: { 'Idempotency-Key': kept.key } },
          body: {
            desk: desk.slug,
            form: view.key,
            fields: given(own),
            channel: 'phone',
            requester: requesterOf(view, values, by),
          },
        }),
      )
    },
    onSuccess: (ticket) => {
      if (!('number' in ticket)) return setTwin(ticket)
      kept.finish()
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
      onFiled(ticket)
    },
    onError: (err) => {
      if (err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401) kept.renew()
      setProblems(err instanceof ApiError ? problemsOf(view, model, err) : [])
      setAttempt((count) => count + 1)
      setFailedFor(requester)
    },
    onSettled: () => {
      sending.current = false
    },
  })
  useEffect(() => {
    if (check) setProblems((now) => (now.length > 0 ? stillWrong(model, now, check.problems) : now))
  }, [check, model])

  const failure = problems.length === 0 && failedFor === requester ? send.error : null
  const barred = failure instanceof ApiError && failure.code === check?.refused?.code
  const listed = problems.length > 0
  useEffect(() => {
    if (attempt > 0 && !listed) top.current?.focus()
    // Correcting the last field must not take the focus away from it: only a new refusal does.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [attempt])

  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (sending.current) return
    sending.current = true
    send.mutate(caller)
  }
  const answer = (by: Caller | undefined) => {
    if (sending.current || !twin) return
    sending.current = true
    setTwin(undefined)
    if (by) onKnown(by)
    else refused.current.add(address)
    send.mutate(by)
  }
  // Wherever the focus is: a hand that is faster than the screen does not press in vain.
  const latest = useRef(submit)
  useEffect(() => {
    latest.current = submit
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.ctrlKey && !event.repeat && !document.querySelector('[role=dialog]')) latest.current(event)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  if (!check && !settled) return <Waiting />
  const message = new Map(problems.map((problem) => [problem.at, problem.message]))
  const missing = callerFields.filter((field) => !asked.has(field) && (all || brief.has(field)))
  return (
    <FormContext value={{ model, values: own, set: kept.set, check: shown, problem: (pointer) => message.get(pointer), fixed: new Set<string>() }}>
      {kept.restoredAt !== undefined && wasTyped && <Restored at={kept.restoredAt} onDiscard={onDiscard} />}
      {twin && <KnownOne person={twin} onYes={() => answer(twin)} onNo={() => answer(undefined)} onClose={() => setTwin(undefined)} />}
      <form
        id="short-form"
        className={all ? 'short' : 'short short--brief'}
        onSubmit={submit}
        noValidate
        aria-label={model.title}
      >
        {(check?.refused || failure) && (
          <div ref={top} tabIndex={-1}>
            {check?.refused && (
              <p className="problem" role="alert">
                {check.refused.message}
              </p>
            )}
            {failure && !barred && <Failure error={failure} />}
          </div>
        )}
        <Summary model={model} problems={problems} attempt={attempt} />
        {!caller && missing.length > 0 && (
          <fieldset className="fieldset">
            <legend>{t('phone.calls')}</legend>
            {missing.map((field) => (
              <TextInput
                key={field}
                id={inputId(`/requester/${field}`)}
                label={
                  field === 'name' || check?.required.includes(`/requester/${field}`) ? (
                    t(`phone.${field}`)
                  ) : (
                    <>
                      {t(`phone.${field}`)} <span className="optional">{main('form.optional')}</span>
                    </>
                  )
                }
                size="md"
                mb="sm"
                className={field === 'name' || field === 'organisation' ? 'w-full' : 'w-medium'}
                value={String(valueAt(values, placeOf(view, field)) ?? '')}
                error={message.get(`/requester/${field}`)}
                onChange={(event) => kept.set(placeOf(view, field), event.currentTarget.value || undefined)}
              />
            ))}
          </fieldset>
        )}
        <FormBody />
        <Group className="phone__send">
          <Button type="submit" size="md" loading={send.isPending}>
            {t('phone.send')}
          </Button>
          <span className="dim keyhint">Ctrl Enter</span>
        </Group>
        <Switch mt="md" label={t('phone.all')} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      </form>
    </FormContext>
  )
}

/** What is asked of every caller whom nobody knows; the rest only with all fields. */
const brief: ReadonlySet<CallerField> = new Set(['name', 'phone', 'email'])

/** The known person whose address it is, the verified one before others; none where that cannot be found out. */
async function knownBy(tenant: string, desk: string, address: string): Promise<Caller | undefined> {
  try {
    const { items } = await ask(api.GET('/api/v1/t/{tenant}/people', { params: { path: { tenant }, query: { desk, q: address, limit: 20 } } }))
    const same = items.filter(({ email }) => email?.toLowerCase() === address.toLowerCase())
    const person = same.find(({ verified }) => verified) ?? same[0]
    return person && callerOf(person)
  } catch {
    return undefined
  }
}

/** What the rules demand, what has been filled in, and what is wrong; the rest waits. */
function shortened(check: Check, values: Values, problems: Problem[]): Check {
  const top = (pointer: string) => pointer.split('/')[1] ?? ''
  const needed = new Set([...check.required.map(top), ...problems.map(({ at }) => top(at)), ...Object.keys(values).filter((name) => present(values[name]))])
  return { ...check, visible: check.visible.filter((pointer) => needed.has(top(pointer))) }
}

/** Problems of the caller stand with his inputs, or with the form's own where it asks for him. */
function problemsOf(view: Schemas['FormView'], model: FormModel, err: ApiError): Problem[] {
  const asked = askedByForm(view)
  const field = (pointer: string) => callerFields.find((one) => pointer === `/requester/${one}`)
  const own = err.errors.map((one) => {
    const named = field(one.pointer)
    const own = named && asked.get(named)
    return own ? { ...one, pointer: own } : one
  })
  const beside = own.filter(({ pointer }) => field(pointer))
  return [
    ...beside.map(({ pointer, message }) => ({ pointer, message, at: pointer })),
    ...placed(model, own.filter(({ pointer }) => !field(pointer))),
  ]
}
