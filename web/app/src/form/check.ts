// What the rules say of a form while it is being filled.
import { useEffect, useRef, useState } from 'react'

import { ask, quiet, type Schemas } from '../api/client'
import { language } from '../i18n'
import { cleaned, pattern, type Values } from './pointer'

const pause = 400

export type Check = Schemas['CheckView']

/** Asks the rules once; on the phone, for the caller as far as he is known. */
export function checkForm(tenant: string, desk: string, form: string, fields: Values, signal?: AbortSignal, requester?: Schemas['RequesterBody']): Promise<Check> {
  return ask(
    quiet.POST('/api/v1/t/{tenant}/desks/{desk}/forms/{form}/check', {
      params: { path: { tenant, desk, form } },
      body: { fields: cleaned(fields) as Values, requester },
      signal,
    }),
  )
}

interface Asked {
  tenant: string
  desk: string
  form: string
  /** Who calls, for a form that is filled on the phone. */
  requester?: Schemas['RequesterBody']
}

/**
 * The latest answer of the rules on values. It is asked for when typing pauses, an older question is dropped,
 * and when no answer comes, the last one stands: typing and sending never wait for it.
 */
export function useCheck({ tenant, desk, form, requester }: Asked, values: Values): { check?: Check; settled: boolean } {
  const [check, setCheck] = useState<Check>()
  const [settled, setSettled] = useState(false)
  const first = useRef(true)
  const speech = language()
  useEffect(() => {
    const stop = new AbortController()
    const wait = first.current ? 0 : pause
    first.current = false
    const timer = setTimeout(() => {
      checkForm(tenant, desk, form, values, stop.signal, requester).then(
        (answer) => {
          setCheck(answer)
          setSettled(true)
        },
        () => {
          if (!stop.signal.aborted) setSettled(true)
        },
      )
    }, wait)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [tenant, desk, form, requester, values, speech])
  return { check, settled }
}

/** Whether the rules show a field; what they have not spoken of yet is shown. */
export function isVisible(check: Check | undefined, pointer: string): boolean {
  if (!check) return true
  return check.visible.includes(pointer) || check.visible.includes(pattern(pointer))
}

/** Whether a field is mandatory now, by the rules, or by the schema until they have spoken. */
export function isRequired(check: Check | undefined, pointer: string, bySchema: boolean): boolean {
  if (!check) return bySchema
  return check.required.includes(pointer) || check.required.includes(pattern(pointer))
}
