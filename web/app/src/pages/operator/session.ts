// The operator's session: a call that finds it ended waits for the sign-in over the page, and is sent again.
import createClient from 'openapi-fetch'
import { useSyncExternalStore } from 'react'

import { plainFetch, type Schemas } from '../../api/client'
import type { LoginOutcome } from '../../api/login'
import { ApiError } from '../../api/problem'
import type { paths } from '../../api/schema'

export type OperatorPerson = Schemas['OperatorView']

/** Good, ended with the sign-in open over the page, or ended with the sign-in closed. */
export type Session = 'good' | 'asked' | 'declined'

let person: OperatorPerson | undefined
let session: Session = 'good'
let asked: { promise: Promise<LoginOutcome>; answer: (outcome: LoginOutcome) => void } | undefined
const listeners = new Set<() => void>()

function put(next: Session) {
  session = next
  for (const listen of listeners) listen()
}

/** Remembers who works on these pages; nobody once he signed out. */
export function noteOperator(who: OperatorPerson | undefined) {
  person = who
  if (!asked && session !== 'good') put('good')
}

/** Opens the sign-in over the page, once for all who ask at the same time. */
export function askOperator(): Promise<LoginOutcome> {
  if (asked) return asked.promise
  let answer: (outcome: LoginOutcome) => void = () => undefined
  const promise = new Promise<LoginOutcome>((resolve) => {
    answer = resolve
  })
  asked = { promise, answer }
  put('asked')
  return promise
}

/** Leaves the sign-in: with who signed in, or without anybody. */
export function answerOperator(who: OperatorPerson | undefined): LoginOutcome {
  const outcome = who === undefined ? 'cancelled' : person === undefined || person.login === who.login ? 'same' : 'other'
  const open = asked
  asked = undefined
  if (who) person = who
  put(who ? 'good' : 'declined')
  open?.answer(outcome)
  return outcome
}

/** How the session is. */
export function useSession(): Session {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    () => session,
  )
}

async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await plainFetch(request)
  if (response.status !== 401 || !person) return response
  // Pages read by themselves; who closed the sign-in is asked again only by what he does.
  if (session === 'declined' && request.method === 'GET') return response
  const outcome = await askOperator()
  if (outcome === 'cancelled') return response
  // What one operator decided is never sent in the name of another.
  if (outcome === 'other' && request.method !== 'GET') throw new ApiError(401, { code: 'person_changed' })
  return plainFetch(again)
}

/** Calls that open the sign-in when the session has ended. */
export const operator = createClient<paths>({ baseUrl: window.location.origin, fetch: sessionFetch })
