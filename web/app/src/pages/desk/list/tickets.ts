import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { queries } from '../../../api/queries'
import { language } from '../../../i18n'
import type { View } from './view'

export type Item = Schemas['ListItem']
export type Page = Schemas['PageListItem']

/** So many rows are read at a time. */
export const pageSize = 50

/** Reads one page of a view, the first without a cursor. */
export function readPage(tenant: string, view: View, after?: string, signal?: AbortSignal): Promise<Page> {
  return ask(api.GET('/api/v1/t/{tenant}/tickets', { params: { path: { tenant }, query: { ...view, after: after || undefined, limit: pageSize } }, signal }))
}

/** Pages of the list by keyset; it is read again only when it is asked to, so that nothing jumps under the cursor. */
export const listQuery = (tenant: string, view: View) =>
  infiniteQueryOptions({
    queryKey: [tenant, 'tickets', 'desk', view, language()],
    staleTime: Infinity,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => readPage(tenant, view, pageParam, signal),
    getNextPageParam: (last) => last.next || undefined,
  })

/** The rows that stay on the screen while another view of the same desk is read. */
export const formerOf =
  (desk: string) =>
  (former: InfiniteData<Page, string> | undefined, query?: { queryKey: readonly unknown[] }): InfiniteData<Page, string> | undefined =>
    (query?.queryKey[3] as View | undefined)?.desk === desk ? former : undefined

/** Puts rows as they are now in the place of the same tickets' older ones; none comes, goes or moves. */
export function replaceRows(tenant: string, view: View, rows: Item[]) {
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  queries.setQueryData<InfiniteData<Page, string>>(listQuery(tenant, view).queryKey, (list) =>
    list && { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map((item) => byNumber.get(item.number) ?? item) })) },
  )
}

/** How many tickets that are not done stand in each queue, by status. */
export const countsQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'counts', desk],
    staleTime: 5_000,
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/counts', { params: { path: { tenant, desk } }, signal }))).items,
  })
