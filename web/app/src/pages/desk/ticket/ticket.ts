// What the ticket's page reads, beside the ticket itself.
import { queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { language } from '../../../i18n'

/** So many pages of a history are read at most; each holds as many entries as the server gives. */
const mostPages = 20

export const eventsQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'events', language()],
    queryFn: async ({ signal }) => {
      const all: Schemas['EventView'][] = []
      let after: string | undefined
      for (let page = 0; page < mostPages; page++) {
        const got = await ask(
          api.GET('/api/v1/t/{tenant}/tickets/{number}/events', {
            params: { path: { tenant, number }, query: { after: after === undefined ? undefined : Number(after) } },
            signal,
          }),
        )
        all.push(...got.items)
        if (!got.next) break
        after = got.next
      }
      return all
    },
  })

export const transitionsQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'transitions', language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}/transitions', { params: { path: { tenant, number } } }))).items,
  })

export const decisionsQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'decisions', language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}/decisions', { params: { path: { tenant, number } } }))).items,
  })

export const duplicatesQuery = (tenant: string, number: string) =>
  queryOptions({
    queryKey: [tenant, 'ticket', number, 'duplicates', language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}/duplicates', { params: { path: { tenant, number } } }))).items,
  })

/** The header that says which version a write was made on. */
export const onVersion = (version: number) => ({ 'If-Match': `"${version}"` })
