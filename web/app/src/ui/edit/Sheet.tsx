import '../../i18n/admin'
import './edit.css'

import { Button } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { FormContext } from '../../form/context'
import { FieldInput } from '../../form/FieldInput'
import type { FormModel } from '../../form/model'
import { pattern, type Values } from '../../form/pointer'
import type { Problem } from '../../form/problems'
import { Summary } from '../../form/Summary'
import { Failure } from '../../shell/ErrorScreen'
import { Slow } from './Slow'

const none: ReadonlySet<string> = new Set()

interface Props {
  model: FormModel
  values: Values
  set: (pointer: string, value: unknown) => void
  problems: Problem[]
  attempt: number
  error?: unknown
  busy: boolean
  submit: string
  onSubmit: () => void
  /** The name of a field in the summary, where it is not simply the model's. */
  labelOf?: (pointer: string) => string | undefined
  /** What stands beside the button. */
  beside?: ReactNode
  /** The inputs, where they are not simply the fields of the model. */
  children?: ReactNode
}

/** A form of ours: a summary of what was refused, the fields, what else went wrong, and the way to send it. */
export function Sheet({ model, values, set, problems, attempt, error, busy, submit, onSubmit, labelOf, beside, children }: Props) {
  const message = new Map(problems.map((problem) => [problem.at, problem.message]))
  const send = (event: FormEvent) => {
    event.preventDefault()
    // A form within a dialog stands within the page's by React, though not in the document.
    event.stopPropagation()
    if (!busy) onSubmit()
  }
  return (
    <FormContext value={{ model, values, set, problem: (pointer) => message.get(pointer), fixed: none }}>
      <Summary {...told(model, problems, labelOf)} attempt={attempt} />
      <form onSubmit={send} noValidate aria-label={model.title} className="sheet">
        {children ?? model.groups.flatMap((group) => group.fields.map((one) => <FieldInput key={one.pointer} field={one} />))}
        {error !== undefined && error !== null && problems.length === 0 && <Failure error={error} />}
        <div className="sheet__end">
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
          {beside}
          <Slow on={busy} />
        </div>
      </form>
    </FormContext>
  )
}

/** What the summary says: it counts rows by their pointers, a place with a name of its own is known by that alone. */
function told(model: FormModel, problems: Problem[], labelOf: Props['labelOf']): { model: FormModel; problems: Problem[] } {
  const fields = new Map(model.fields)
  const renamed = problems.map((problem) => {
    const label = labelOf?.(problem.at)
    if (label === undefined) return problem
    const row = /^(.*?)\/\d+(?:\/|$)/.exec(problem.at)?.[1]
    for (const known of [problem.at, row]) if (known !== undefined) fields.delete(pattern(known))
    return { ...problem, message: `${label}: ${problem.message}` }
  })
  return { model: { ...model, fields }, problems: renamed }
}

/** Says that everything is saved, or that something is not. */
export function SavedMark({ dirty, saved }: { dirty: boolean; saved: number }) {
  const { t } = useTranslation('admin')
  return (
    <p className="sheet__said" role="status">
      {dirty ? t('edit.unsaved') : saved > 0 ? t('edit.saved') : ''}
    </p>
  )
}
