import { createContext, useContext } from 'react'

import type { Check } from './check'
import type { FormModel } from './model'
import type { Values } from './pointer'

export interface FormState {
  model: FormModel
  values: Values
  /** Sets the value at a pointer; undefined takes it away. */
  set: (pointer: string, value: unknown) => void
  check?: Check
  /** The message of the problem at a pointer. */
  problem: (pointer: string) => string | undefined
  /** What came from the profile and is not the person's to change here, by pointer. */
  fixed: ReadonlySet<string>
}

export const FormContext = createContext<FormState | undefined>(undefined)

/** The form around an input. */
export function useForm(): FormState {
  const state = useContext(FormContext)
  if (!state) throw new Error('an input stands outside a form')
  return state
}
