// Editing something that others edit too: what was loaded, what is being typed, and what the server says of it.
import { useEffect, useMemo, useRef, useState } from 'react'

import { useTranslation } from 'react-i18next'

import { ApiError } from '../../api/problem'
import type { FormModel } from '../../form/model'
import { type Values, withValue } from '../../form/pointer'
import type { Problem } from '../../form/problems'
import { faults } from './faults'
import { same } from './merge'
import { problemsOf } from './place'

export interface Versioned {
  value: Values
  version: number
}

interface Options {
  loaded: Versioned | undefined
  model: FormModel
  /** Sends the value over the version that its author saw. */
  save: (value: Values, version: number) => Promise<Versioned>
  /** What the server has now. */
  reload: () => Promise<Versioned>
}

export interface Editor {
  base: Versioned | undefined
  value: Values
  dirty: boolean
  busy: boolean
  problems: Problem[]
  attempt: number
  error: unknown
  /** What somebody else saved meanwhile. */
  theirs: Versioned | undefined
  /** How many times it was saved. */
  saved: number
  model: FormModel
  set: (pointer: string, value: unknown) => void
  change: (change: (value: Values) => Values) => void
  submit: () => Promise<boolean>
  discard: () => void
  /** Leaves the comparison with theirs: with what was decided over it, or back to editing. */
  decide: (value: Values | undefined) => Promise<void>
}

const nothing: Values = {}

/** Edits one versioned thing; a refresh of it never overwrites what is being typed. */
export function useEditor({ loaded, model, save, reload }: Options): Editor {
  const { t } = useTranslation('admin')
  const [base, setBase] = useState(loaded)
  const [typed, setTyped] = useState<Values>()
  const [problems, setProblems] = useState<Problem[]>([])
  const [attempt, setAttempt] = useState(0)
  const [error, setError] = useState<unknown>()
  const [theirs, setTheirs] = useState<Versioned>()
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(0)
  const sending = useRef(false)

  const value = typed ?? base?.value ?? nothing
  const dirty = useMemo(() => typed !== undefined && !same(typed, base?.value), [typed, base])
  useEffect(() => {
    if (loaded && !dirty && !sending.current && loaded.version > (base?.version ?? -1)) {
      setBase(loaded)
      setTyped(undefined)
    }
  }, [loaded, dirty, base])

  const send = async (sent: Values, version: number): Promise<boolean> => {
    if (sending.current) return false
    const plain = faults(model, sent, t)
    if (plain.length > 0) {
      setProblems(plain)
      setAttempt((count) => count + 1)
      return false
    }
    sending.current = true
    setBusy(true)
    setError(undefined)
    try {
      const answer = await save(sent, version)
      setBase(answer)
      setTyped(undefined)
      setProblems([])
      setTheirs(undefined)
      setSaved((count) => count + 1)
      return true
    } catch (err) {
      if (err instanceof ApiError && err.status === 412) setTheirs(await reload().catch(() => undefined))
      const found = problemsOf(model, err)
      setProblems(found)
      if (found.length === 0) setError(err)
      setAttempt((count) => count + 1)
      return false
    } finally {
      sending.current = false
      setBusy(false)
    }
  }
  return {
    base,
    value,
    dirty,
    busy,
    problems,
    attempt,
    error: theirs ? undefined : error,
    theirs,
    saved,
    model,
    set: (pointer, next) => {
      setTyped((now) => withValue(now ?? value, pointer, next))
      // What is corrected stops being wrong at once; the server says whether it is right.
      setProblems((all) => all.filter((problem) => problem.at !== pointer))
    },
    change: (change) => setTyped((now) => change(now ?? value)),
    submit: () => send(value, base?.version ?? 0),
    discard: () => {
      setTyped(undefined)
      setProblems([])
      setError(undefined)
    },
    decide: async (decided) => {
      if (!theirs) return
      if (!decided) {
        setTheirs(undefined)
        setError(undefined)
        return
      }
      // What was decided is typed over theirs, so that a refusal leaves it on the page.
      setBase(theirs)
      setTyped(decided)
      setTheirs(undefined)
      if (!same(decided, theirs.value)) await send(decided, theirs.version)
    },
  }
}
