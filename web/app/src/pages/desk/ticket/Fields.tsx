import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { formQuery, formVersionQuery } from '../../../api/queries'
import { useCheck } from '../../../form/check'
import { FormContext } from '../../../form/context'
import { FormBody } from '../../../form/FormBody'
import { fieldAt, type FormModel, formModel, labelled, readable } from '../../../form/model'
import { given, type Values, withValue } from '../../../form/pointer'
import { placed, type Problem } from '../../../form/problems'
import { Summary } from '../../../form/Summary'
import { language } from '../../../i18n'
import { Failure } from '../../../shell/ErrorScreen'
import { Waiting } from '../../../shell/Waiting'
import { useCommands } from '../commands'
import { land } from '../../../ui/land'
import { Leaving } from '../../../ui/Leaving'
import { onVersion } from './ticket'
import { type Seen, useWorking } from './working'

/** What was filed, by the system's own labels; an agent may correct it. */
export function Fields() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, seen } = useWorking()
  const speech = language()
  const form = useQuery(formVersionQuery(tenant, ticket.desk, ticket.form, ticket.form_version))
  const model = useMemo(() => form.data && formModel(form.data, speech), [form.data, speech])
  const [editing, setEditing] = useState<{ seen: Seen; fields: Values }>()
  const begin = useRef<HTMLButtonElement>(null)
  const edit = () => {
    if (!editing) setEditing({ seen, fields: ticket.fields as Values })
  }
  const close = () => {
    setEditing(undefined)
    land([() => begin.current])
  }
  const may = ticket.may.edit
  useCommands(t('fields.title'), may ? [{ id: 'edit', title: t('fields.edit'), key: 'KeyE', run: edit }] : [])
  return (
    <section className="section" aria-labelledby="fields-title">
      <div className="section__head">
        <h2 id="fields-title">{ticket.form_title || t('fields.title')}</h2>
        {may && !editing && (
          <Button ref={begin} size="compact-sm" variant="default" onClick={edit}>
            {t('fields.edit')}
          </Button>
        )}
      </div>
      {editing && !model && <Waiting />}
      {editing && model ? (
        <FieldsEdit model={model} begun={editing} onClose={close} />
      ) : (
        <FieldsView model={model} fields={ticket.fields as Values} />
      )}
    </section>
  )
}

function FieldsView({ model, fields }: { model?: FormModel; fields: Values }) {
  const { t } = useTranslation()
  return (
    <dl className="props props--fields">
      {labelled(model, fields, t('yes'), t('no')).map(({ pointer, label, text }) => (
        <div key={pointer} data-long={text.length > 48 || text.includes('\n') || undefined}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

interface EditProps {
  model: FormModel
  begun: { seen: Seen; fields: Values }
  onClose: () => void
}

/** The same fields as the requester's form shows them, with the rules' word on them. */
function FieldsEdit({ model, begun, onClose }: EditProps) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant, ticket, busy, write } = useWorking()
  const [values, setValues] = useState<Values>(begun.fields)
  const [problems, setProblems] = useState<Problem[]>([])
  const [failure, setFailure] = useState<ApiError>()
  const [attempt, setAttempt] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select')?.focus(), [])
  const patch = difference(begun.fields, given(values) as Values)
  const names = Object.keys(patch)
  const answer = useCheck({ tenant, desk: ticket.desk, form: ticket.form }, values).check
  // The rules speak of the form as it is now: of an older one they would hide what they do not know.
  const current = useQuery({ ...formQuery(tenant, ticket.desk, ticket.form), refetchOnWindowFocus: false }).data
  const check = current?.version === model.version ? answer : undefined
  const message = new Map(problems.map((problem) => [problem.at, problem.message]))
  const text = (name: string, all: Values) => readable(fieldAt(model, `/${name}`), all[name], main('yes'), main('no'))
  const save = async () => {
    if (names.length === 0) return onClose()
    const label = (name: string) => fieldAt(model, `/${name}`)?.label ?? name
    const outcome = await write({
      what: t('fields.editing'),
      mine: names.map((name) => ({ label: label(name), text: text(name, values) })),
      theirs: (now: Schemas['TicketView']) => names.map((name) => ({ label: label(name), text: text(name, now.fields as Values) })),
      seen: begun.seen,
      send: (version) =>
        ask(api.PATCH('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number: ticket.number }, header: onVersion(version) }, body: { fields: patch } })),
      done: onClose,
      said: t('fields.saved'),
    })
    if (outcome === 'done' || outcome === 'late') return
    setProblems(placed(model, outcome.errors))
    setFailure(outcome)
    setAttempt((count) => count + 1)
  }
  return (
    <FormContext
      value={{
        model,
        values,
        set: (pointer, value) => setValues((all) => withValue(all, pointer, value)),
        check,
        problem: (pointer) => message.get(pointer),
        fixed: new Set<string>(),
      }}
    >
      <Leaving dirty={names.length > 0} />
      <form
        ref={form}
        noValidate
        aria-label={t('fields.editing')}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Summary model={model} problems={problems} attempt={attempt} />
        {failure && problems.length === 0 && <Failure error={failure} />}
        <FormBody />
        <Group>
          <Button type="submit" loading={busy}>
            {t('save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </Group>
      </form>
    </FormContext>
  )
}

/** What changed, as RFC 7396 wants it: null takes a field away. */
function difference(before: Values, after: Values): Values {
  const patch: Values = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue
    patch[name] = after[name] === undefined ? null : after[name]
  }
  return patch
}
