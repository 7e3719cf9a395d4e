import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { FormModel } from './model'
import { fieldAt } from './model'
import { inputId } from './pointer'
import type { Problem } from './problems'

interface Props {
  model: FormModel
  problems: Problem[]
  /** Raised at each refusal: the summary takes the focus then. */
  attempt: number
}

/** All that keeps a form from being sent, each with a link to its field. */
export function Summary({ model, problems, attempt }: Props) {
  const { t } = useTranslation()
  const ref = useRef<HTMLDivElement>(null)
  const any = problems.length > 0
  useEffect(() => {
    if (attempt > 0 && any) ref.current?.focus()
    // Correcting a field must not take the focus away from it: only a new refusal does.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [attempt])
  if (!any) return null
  return (
    <div className="summary" role="alert" aria-labelledby="summary-title" tabIndex={-1} ref={ref}>
      <h2 id="summary-title">{t('form.summary')}</h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem.at + problem.message}>
            {problem.at === '' ? (
              problem.message
            ) : (
              <a href={`#${inputId(problem.at)}`} onClick={(event) => go(event, problem.at)}>
                {labelOf(model, problem.at) ? `${labelOf(model, problem.at)}: ${problem.message}` : problem.message}
              </a>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function labelOf(model: FormModel, pointer: string): string | undefined {
  const row = /\/(\d+)(?:\/|$)/.exec(pointer)
  const parent = row ? fieldAt(model, pointer.slice(0, row.index)) : undefined
  const field = fieldAt(model, pointer)
  if (parent) return parent.item === field ? `${parent.label}, ${Number(row?.[1]) + 1}` : `${parent.label}, ${Number(row?.[1]) + 1}, ${field?.label}`
  return field?.label
}

/** Moves the focus to the input of a pointer; the address stays as it is. */
function go(event: { preventDefault: () => void }, pointer: string) {
  event.preventDefault()
  const row = /^(.*)\/0$/.exec(pointer)
  const target = document.getElementById(inputId(pointer)) ?? (row?.[1] ? document.getElementById(inputId(row[1])) : null) ?? document.getElementById(`${inputId(pointer)}-rows`)
  if (!target) return
  target.scrollIntoView({ block: 'center' })
  target.focus({ preventScroll: true })
}
