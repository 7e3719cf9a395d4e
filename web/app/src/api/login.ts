// The login box over a page: who needs a session waits here until it is there, and goes on.
import { useSyncExternalStore } from 'react'

/** How the box was left: the same person, another one, or closed without signing in. */
export type LoginOutcome = 'same' | 'other' | 'cancelled'

interface Asked {
  tenant: string
  promise: Promise<LoginOutcome>
  answer: (outcome: LoginOutcome) => void
}

let asked: Asked | undefined
const listeners = new Set<() => void>()
const lastPerson = new Map<string, string>()
const lastLogin = new Map<string, string>()

const tell = () => {
  for (const listen of listeners) listen()
}

/** Remembers who works on this tenant's pages; the box offers his address again. */
export function notePerson(tenant: string, { id, login = '' }: { id: string; login?: string }) {
  lastPerson.set(tenant, id)
  lastLogin.set(tenant, login)
}

/** The address of who works on this tenant's pages, empty where nobody does. */
export function loginOf(tenant: string): string {
  return lastLogin.get(tenant) ?? ''
}

/** Forgets who worked on this tenant's pages, after he signed out. */
export function forgetPerson(tenant: string) {
  lastPerson.delete(tenant)
  lastLogin.delete(tenant)
}

/** Whether somebody worked on this tenant's pages since they were loaded. */
export function wasHere(tenant: string): boolean {
  return lastPerson.has(tenant)
}

/** Opens the box, once for all who ask at the same time. */
export function askLogin(tenant: string): Promise<LoginOutcome> {
  if (asked?.tenant === tenant) return asked.promise
  let answer: (outcome: LoginOutcome) => void = () => undefined
  const promise = new Promise<LoginOutcome>((resolve) => {
    answer = resolve
  })
  asked = { tenant, promise, answer }
  tell()
  return promise
}

/** Leaves the box: with the person who signed in, or without one. */
export function answerLogin(person: { id: string; login?: string } | undefined) {
  const open = asked
  if (!open) return
  asked = undefined
  if (person === undefined) open.answer('cancelled')
  else {
    const before = lastPerson.get(open.tenant)
    notePerson(open.tenant, person)
    open.answer(before === undefined || before === person.id ? 'same' : 'other')
  }
  tell()
}

/** The tenant that the box is open for, or undefined. */
export function useAskedLogin(): string | undefined {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    () => asked?.tenant,
  )
}
