// What is read from the server, by key; every key begins with the tenant, so that one call refreshes all of it.
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query'

import { language } from '../i18n'
import { api, ask, quiet } from './client'
import { notePerson } from './login'
import { ApiError } from './problem'

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

/** The person who is signed in, or null. */
export const meQuery = (tenant: string) =>
  queryOptions({
    queryKey: [tenant, 'me'],
    staleTime: 60_000,
    queryFn: async () => {
      try {
        const me = await ask(quiet.GET('/api/v1/t/{tenant}/me', { params: { path: { tenant } } }))
        notePerson(tenant, me.id)
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

export const formQuery = (tenant: string, desk: string, form: string) =>
  queryOptions({
    queryKey: [tenant, 'form', desk, form, language()],
    staleTime: 60_000,
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/forms/{form}', { params: { path: { tenant, desk, form } } })),
  })

export const ticketQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'body', language()],
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } })),
  })
