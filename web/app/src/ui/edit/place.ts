// How what the server refuses stands on a form of ours.
import { ApiError } from '../../api/problem'
import { fieldAt, type FormModel } from '../../form/model'
import { placed, type Problem } from '../../form/problems'

/** Refusals that tell by their code alone which field they mean. */
const fields: Record<string, string> = {
  bad_slug: '/slug',
  tenant_exists: '/slug',
  desk_exists: '/slug',
  system_not_found: '/system',
  bad_prefix: '/prefix',
  prefix_taken: '/prefix',
  prefix_in_use: '/prefix',
  bad_title: '/title/ru',
  bad_name: '/name',
  bad_email: '/email',
  person_exists: '/email',
  bad_quota: '/quota',
}

/** The problems of a refusal, each at its field; none where it is no matter of fields. */
export function problemsOf(model: FormModel, error: unknown): Problem[] {
  if (!(error instanceof ApiError)) return []
  if (error.errors.length > 0) return placed(model, error.errors.map((one) => ({ ...one, pointer: inBody(one.pointer) })))
  const at = fields[error.code]
  return at !== undefined && fieldAt(model, at) ? [{ pointer: at, at, message: error.detail }] : []
}

/** Pointers of requests that cannot be read name the member of the body, some with a leading "/body". */
const inBody = (pointer: string) => pointer.replace(/^\/body(?=\/|$)/, '')
