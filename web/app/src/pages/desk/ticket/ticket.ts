// What the ticket's page reads, beside the ticket itself.
import { queryOptions } from '@tanstack/react-query'

import { api, ask } from '../../../api/client'
import { language } from '../../../i18n'

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

/** The templates of answers of a desk. */
export const templatesQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'templates', desk],
    staleTime: 60_000,
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/templates', { params: { path: { tenant, desk } } }))).items,
  })

/** The header that says which version a write was made on. */
export const onVersion = (version: number) => ({ 'If-Match': `"${version}"` })
