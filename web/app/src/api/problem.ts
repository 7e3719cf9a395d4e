import type { components } from './schema'

export type FieldProblem = components['schemas']['ProblemField']

/** Why a call failed: the server's problem document, or status 0 where no answer came. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldProblem[]
  readonly requestId?: string
  readonly retryAfter?: number

  constructor(status: number, problem: Partial<components['schemas']['Problem']>, retryAfter?: number) {
    super(problem.code ?? `status_${status}`)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? (status === 0 ? 'offline' : `status_${status}`)
    this.detail = problem.detail ?? ''
    this.errors = problem.errors ?? []
    this.requestId = problem.request_id
    this.retryAfter = retryAfter
  }

  /** Whether the same call may well succeed a little later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

/** Builds the error of an answer that was refused. */
export function errorOf(response: Response, body: unknown): ApiError {
  const wait = Number(response.headers.get('Retry-After'))
  const problem = body !== null && typeof body === 'object' ? (body as Partial<components['schemas']['Problem']>) : {}
  return new ApiError(response.status, problem, Number.isFinite(wait) && wait > 0 ? wait : undefined)
}

/** Whether err is a refusal with this code. */
export function isCode(err: unknown, ...codes: string[]): err is ApiError {
  return err instanceof ApiError && codes.includes(err.code)
}
