import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { FieldModel } from '../../form/model'
import { given, type Values, withValue } from '../../form/pointer'
import type { Problem } from '../../form/problems'
import { Box, Cancel } from '../Box'
import { Fields } from './Fields'
import { modelOf } from './build'
import { faults } from './faults'
import { problemsOf } from './place'
import { Sheet } from './Sheet'

interface Props {
  title: string
  /** The fields, or how they follow from what was given so far. */
  fields: readonly FieldModel[] | ((values: Values) => readonly FieldModel[])
  initial: Values
  submit: string
  /** Sends what was given, without what is blank; what it throws stands at its fields. */
  onSubmit: (values: Values) => Promise<unknown>
  onClose: () => void
  hint?: ReactNode
  size?: string
  /** Looks at the values before they are sent. */
  check?: (values: Values) => Problem[]
  /** What stands under the fields, made of the values. */
  under?: (values: Values, set: (pointer: string, value: unknown) => void) => ReactNode
}

/** A short form in a box; what was typed in it is not thrown away unasked. */
export function FormDialog({ title, fields: asked, initial, submit, onSubmit, onClose, hint, size = 'md', check, under }: Props) {
  const { t } = useTranslation('admin')
  const [values, setValues] = useState(initial)
  const [problems, setProblems] = useState<Problem[]>([])
  const [attempt, setAttempt] = useState(0)
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const sending = useRef(false)
  const fields = typeof asked === 'function' ? asked(values) : asked
  const model = modelOf(title, fields)
  const set = (pointer: string, value: unknown) => {
    setValues((now) => withValue(now, pointer, value))
    setProblems((all) => all.filter((problem) => problem.at !== pointer))
  }
  const dirty = JSON.stringify(given(values)) !== JSON.stringify(given(initial))
  const refuse = (found: Problem[]) => {
    setProblems(found)
    setAttempt((count) => count + 1)
  }
  const send = async () => {
    if (sending.current) return
    const found = [...(check?.(values) ?? []), ...faults(model, values, t)]
    if (found.length > 0) return refuse(found)
    sending.current = true
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit(given(values) as Values)
      onClose()
    } catch (err) {
      setError(err)
      refuse(problemsOf(model, err))
    } finally {
      sending.current = false
      setBusy(false)
    }
  }
  return (
    <Box onClose={onClose} title={title} size={size} dirty={dirty} busy={busy}>
      {hint}
      <Sheet
        model={model}
        values={values}
        set={set}
        problems={problems}
        attempt={attempt}
        error={error}
        busy={busy}
        submit={submit}
        onSubmit={() => void send()}
        beside={<Cancel />}
      >
        {under && (
          <>
            <Fields fields={fields} />
            {under(values, set)}
          </>
        )}
      </Sheet>
    </Box>
  )
}
