// What is read from the server, by key; every key begins with the tenant, so that one call refreshes all of it.
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query'

import { language } from '../i18n'
import { api, ask, quiet, type Schemas } from './client'
import { followHeaders } from './follow'
import { notePerson } from './login'
import { ApiError, isCode } from './problem'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, err) => err instanceof ApiError && err.passing && count < 3,
      retryDelay: (count, err) => (err instanceof ApiError && err.retryAfter ? err.retryAfter * 1000 : 500 * 2 ** count),
      // A page that cannot reach the server says so; it does not wait for the browser's opinion.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/**
 * Reads again what stands under a key. An answer that is on its way was asked for before the change and is dropped:
 * without that, a first reading would count as the new one.
 */
export async function reread(queryKey: readonly unknown[]) {
  await queries.cancelQueries({ queryKey })
  await queries.invalidateQueries({ queryKey })
}

/** The person who is signed in, or null. */
export const meQuery = (tenant: string) =>
  queryOptions({
    queryKey: [tenant, 'me'],
    staleTime: 60_000,
    queryFn: async () => {
      try {
        const me = await ask(quiet.GET('/api/v1/t/{tenant}/me', { params: { path: { tenant } } }))
        notePerson(tenant, me)
        return me
      } catch (err) {
        if (err instanceof ApiError && err.status === 401) return null
        throw err
      }
    },
  })

export const useMe = (tenant: string) => useQuery(meQuery(tenant))

/** Desks that this person, or anybody, may use. */
export const desksQuery = (tenant: string) =>
  queryOptions({
    queryKey: [tenant, 'desks', language()],
    staleTime: 60_000,
    queryFn: async () => {
      const call = () => ask(quiet.GET('/api/v1/t/{tenant}/desks', { params: { path: { tenant } } }))
      try {
        return (await call()).items
      } catch (err) {
        // The session has just ended; its cookie is gone now, and what is open to everybody remains.
        if (err instanceof ApiError && err.status === 401) return (await call()).items
        throw err
      }
    },
  })

/** One desk with what only its own description has: the form of a resolution, and columns for who works it. */
export const deskQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'desk', desk, language()],
    staleTime: 60_000,
    queryFn: () => ask(known(tenant).GET('/api/v1/t/{tenant}/desks/{desk}', { params: { path: { tenant, desk } } })),
  })

/** Who is not signed in is asked to by the page itself, not by a box over nothing. */
const known = (tenant: string) => (queries.getQueryData([tenant, 'me']) ? api : quiet)

/** Whether it has turned out that there is no such tenant. */
export function useNoTenant(tenant: string | undefined): boolean {
  return isCode(useQuery({ ...desksQuery(tenant ?? ''), enabled: false }).error, 'tenant_not_found')
}

export const formQuery = (tenant: string, desk: string, form: string) =>
  queryOptions({
    queryKey: [tenant, 'form', desk, form, language()],
    staleTime: 60_000,
    queryFn: () => ask(known(tenant).GET('/api/v1/t/{tenant}/desks/{desk}/forms/{form}', { params: { path: { tenant, desk, form } } })),
  })

/** The form as a ticket was filed with it, for who works the desk. */
export const formVersionQuery = (tenant: string, desk: string, form: string, version: number) =>
  queryOptions({
    queryKey: [tenant, 'form', desk, form, version, language()],
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/forms/{form}', { params: { path: { tenant, desk, form }, query: { version } } })),
  })

/** Calls about a ticket that was filed without a session carry its own token, as long as nobody is signed in. */
const byFollower = (tenant: string, number: string) => (queries.getQueryData([tenant, 'me']) ? {} : followHeaders(tenant, number))

export const ticketQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'body', language()],
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } }, headers: byFollower(tenant, number) })),
  })

const eventsLimit = 200

/** The whole history that this reader may see, oldest first. */
export const eventsQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'events', language()],
    queryFn: async () => {
      const events: Schemas['EventView'][] = []
      let after: number | undefined
      do {
        const page = await ask(
          api.GET('/api/v1/t/{tenant}/tickets/{number}/events', {
            params: { path: { tenant, number }, query: { after, limit: eventsLimit } },
            headers: byFollower(tenant, number),
          }),
        )
        events.push(...page.items)
        after = page.next ? Number(page.next) : undefined
      } while (after)
      return events
    },
  })

/** What can be done with the ticket now. */
export const transitionsQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'transitions', language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}/transitions', { params: { path: { tenant, number } } }))).items,
  })

export const mayFollow = (tenant: string, number: string) => followHeaders(tenant, number).Authorization !== undefined
