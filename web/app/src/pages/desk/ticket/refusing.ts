// Why what was written is not taken: said at its box until something is changed there, the rest below.
import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { ApiError, FieldProblem } from '../../../api/problem'
import type { Writing } from './drafts'

interface Refusal {
  errors: Pick<FieldProblem, 'pointer' | 'message'>[]
  failure?: ApiError
  /** What is shown elsewhere, at the inputs of a resolution. */
  placed: readonly string[]
  of: Writing
}

/** What is left to tell below a form: the sentence of a refusal, and the problems that no input of the form shows. */
export function remainder({ errors, failure, placed }: Pick<Refusal, 'errors' | 'failure' | 'placed'>, own: readonly string[]) {
  const problems = errors.filter(({ pointer }) => !own.includes(pointer) && !placed.includes(pointer))
  return failure && (errors.length === 0 || problems.length > 0) ? { failure, problems } : undefined
}

/** The refusals of a form with a text; own are the pointers that its inputs show. */
export function useRefusing(form: RefObject<HTMLElement | null>, writing: Writing, own: readonly string[]) {
  const { t } = useTranslation()
  const [refusal, setRefusal] = useState<Refusal>()
  // Whoever goes on at once is where he has something to correct.
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal, form])
  const changed = refusal && (refusal.of.text !== writing.text || refusal.of.files.length !== writing.files.length)
  return {
    /** Says that there is nothing to send; false where there is something. */
    empty: () => {
      const bare = writing.text.trim() === '' && writing.files.length === 0
      if (bare) setRefusal({ errors: [{ pointer: '/text', message: t('reply.empty') }], placed: [], of: writing })
      return bare
    },
    refuse: (failure: ApiError, placed: readonly string[] = []) => setRefusal({ errors: failure.errors, failure, placed, of: writing }),
    clear: () => setRefusal(undefined),
    /** What stands at the text. */
    text: changed ? undefined : refusal?.errors.find(({ pointer }) => pointer === '/text' || pointer === '/comment')?.message,
    /** What stands at another input. */
    at: (pointer: string) => refusal?.errors.find((one) => one.pointer === pointer)?.message,
    below: refusal && remainder(refusal, own),
  }
}
