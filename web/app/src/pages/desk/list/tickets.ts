import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { api, ask } from '../../../api/client'
import { language } from '../../../i18n'
import type { View } from './view'

const page = 50

/** Pages of the list by keyset; it is read again only when it is asked to, so that nothing jumps under the cursor. */
export const listQuery = (tenant: string, view: View) =>
  infiniteQueryOptions({
    queryKey: [tenant, 'tickets', 'desk', view, language()],
    staleTime: Infinity,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/t/{tenant}/tickets', {
          params: { path: { tenant }, query: { ...view, after: pageParam || undefined, limit: page } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })

/** How many new tickets a queue holds, up to a page of them. */
export const newInQueue = (tenant: string, desk: string, queue: string) =>
  queryOptions({
    queryKey: [tenant, 'waiting', desk, queue],
    staleTime: 30_000,
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => {
      const found = await ask(
        api.GET('/api/v1/t/{tenant}/tickets', { params: { path: { tenant }, query: { desk, queue, category: 'new', limit: page } }, signal }),
      )
      return { count: found.items.length, more: Boolean(found.next) }
    },
  })
