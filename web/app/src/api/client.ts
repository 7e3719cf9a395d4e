// The one way to the server: language, session and connection are seen to here.
import createClient from 'openapi-fetch'

import { language } from '../i18n'
import { noteAnswer } from './connection'
import { askLogin } from './login'
import { ApiError, errorOf } from './problem'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** Sends a request as it is; a 401 is the caller's. */
export async function plainFetch(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language())
  let response: Response
  try {
    response = await fetch(request)
  } catch (err) {
    if (request.signal.aborted || (err instanceof DOMException && err.name === 'AbortError')) throw err
    noteAnswer(0)
    throw new ApiError(0, {})
  }
  noteAnswer(response.status)
  return response
}

const tenantOf = (url: string) => /\/api\/v1\/t\/([^/?]+)\//.exec(url)?.[1]

/** Sends a request; where the session has ended, the person signs in over the page and it is sent again. */
async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await plainFetch(request)
  const tenant = tenantOf(request.url)
  if (response.status !== 401 || !tenant || request.headers.has('Authorization')) return response
  const outcome = await askLogin(tenant)
  if (outcome === 'cancelled') return response
  // What one person wrote is never sent in the name of another without asking.
  if (outcome === 'other' && request.method !== 'GET') throw new ApiError(401, { code: 'person_changed' })
  return plainFetch(again)
}

/** Calls that open the login box when a session is needed. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: sessionFetch })

/** Calls that work without a session, or ask whether there is one. */
export const quiet = createClient<paths>({ baseUrl: window.location.origin, fetch: plainFetch })

interface Answer {
  data?: unknown
  error?: unknown
  response: Response
}

/** Returns the body of a call, or throws an ApiError. */
export async function ask<A extends Answer>(call: Promise<A>): Promise<Exclude<A['data'], undefined>> {
  const { data, error, response } = await call
  if (!response.ok) throw errorOf(response, error)
  return data as Exclude<A['data'], undefined>
}
