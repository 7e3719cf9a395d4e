// Views of the list that are kept under a name: one's own, and those that an administrator shares.
import { queryOptions, useMutation } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { queries } from '../../../api/queries'
import { queryOf, type View, viewOf } from './view'

export type Saved = Schemas['SavedView']

export const viewsQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'views', desk],
    staleTime: 60_000,
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/views', { params: { path: { tenant, desk } } }))).items,
  })

/** Whether the list shows just this view now. */
export const shows = (saved: Saved, view: View) => queryOf(viewOf(saved.query)) === queryOf(view)

/** The view that has this name already; what is shared and what is one's own are told apart by their mark. */
export const sameName = (views: readonly Saved[], title: string, shared: boolean) =>
  views.find((one) => one.shared === shared && one.title.toLowerCase() === title.trim().toLowerCase())

export interface Draft {
  id?: string
  title: string
  shared: boolean
  query: string
}

/** Keeps a view, new or changed. */
export function useSaving(tenant: string, desk: string, done: () => void) {
  const path = { tenant, desk }
  return useMutation({
    mutationFn: ({ id, ...body }: Draft): Promise<unknown> =>
      id === undefined
        ? ask(api.POST('/api/v1/t/{tenant}/desks/{desk}/views', { params: { path }, body }))
        : ask(api.PUT('/api/v1/t/{tenant}/desks/{desk}/views/{id}', { params: { path: { ...path, id } }, body })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: viewsQuery(tenant, desk).queryKey })
      done()
    },
  })
}

/** Forgets a view. */
export function useForgetting(tenant: string, desk: string, done: () => void) {
  return useMutation({
    mutationFn: (id: string) => ask(api.DELETE('/api/v1/t/{tenant}/desks/{desk}/views/{id}', { params: { path: { tenant, desk, id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: viewsQuery(tenant, desk).queryKey })
      done()
    },
  })
}
