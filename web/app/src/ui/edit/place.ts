// How what the server refuses stands on a form of ours.
import { ApiError } from '../../api/problem'
import { fieldAt, type FormModel } from '../../form/model'
import { placed, type Problem } from '../../form/problems'

/** The problems of a refusal, each at its field; none where it is no matter of fields. */
export function problemsOf(model: FormModel, error: unknown): Problem[] {
  if (!(error instanceof ApiError)) return []
  return placed(model, error.errors.map((one) => ({ ...one, pointer: atText(model, inBody(one.pointer)) })))
}

/** A problem of a text in both languages stands at the first of its two fields. */
const atText = (model: FormModel, pointer: string) => (!fieldAt(model, pointer) && fieldAt(model, `${pointer}/ru`) ? `${pointer}/ru` : pointer)

/** Pointers of requests that cannot be read name the member of the body, some with a leading "/body". */
const inBody = (pointer: string) => pointer.replace(/^\/body(?=\/|$)/, '')
