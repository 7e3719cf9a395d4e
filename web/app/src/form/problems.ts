// How the server's problems stand on a form: each on its field, the rest above it.
import type { FieldProblem } from '../api/problem'
import type { Schemas } from '../api/client'
import { fieldAt, type FormModel } from './model'
import { parts } from './pointer'

export interface Problem {
  pointer: string
  message: string
  /** Where the problem is shown: the field's own pointer, '/attachments', or '' for the form as a whole. */
  at: string
}

/** The place in the form of a pointer within fields: the nearest field that the form shows. */
export function placeOf(model: FormModel, pointer: string): string {
  if (pointer === '/attachments' || pointer.startsWith('/attachments/')) return '/attachments'
  let at = pointer
  while (at !== '') {
    if (fieldAt(model, at)) return at
    at = at.slice(0, at.lastIndexOf('/'))
  }
  return ''
}

/** The server's problems in the order of the form, one for each place. */
export function placed(model: FormModel, errors: readonly (FieldProblem | Schemas['ProblemView'])[]): Problem[] {
  const order = [...model.groups.flatMap((group) => group.fields.map((field) => field.pointer))]
  const rank = (at: string) => {
    if (at === '') return -1
    const index = order.findIndex((pointer) => at === pointer || at.startsWith(`${pointer}/`))
    return index < 0 ? order.length : index
  }
  const first = new Map<string, Problem>()
  for (const { pointer, message } of errors) {
    const at = placeOf(model, pointer)
    // Several problems of the form as a whole are all told; of a field the first one is.
    const key = at === '' ? `:${message}` : at
    if (!first.has(key)) first.set(key, { pointer, message, at })
  }
  return [...first.values()].sort((a, b) => rank(a.at) - rank(b.at) || compareRows(a.at, b.at))
}

function compareRows(a: string, b: string): number {
  const left = parts(a)
  const right = parts(b)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]) - Number(right[i])
    if (!Number.isNaN(difference) && difference !== 0) return difference
  }
  return left.length - right.length
}

/** After a new check: problems that were shown and still hold, with their present words. */
export function stillWrong(model: FormModel, shown: Problem[], now: readonly Schemas['ProblemView'][]): Problem[] {
  const current = new Map(placed(model, now).map((problem) => [problem.at, problem]))
  return shown.flatMap((problem) => {
    // What check knows nothing of (files, the form as a whole) stays until it is sent again.
    if (problem.at === '' || problem.at === '/attachments') return [problem]
    const still = current.get(problem.at)
    return still ? [still] : []
  })
}
