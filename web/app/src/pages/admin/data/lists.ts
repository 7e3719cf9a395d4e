// Reference lists of a desk as its administrator sees them.
import { infiniteQueryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { reread } from '../../../api/queries'
import { language } from '../../../i18n'
import type { Texts } from './settings'

export type ListValue = Schemas['ListValueView']
export type ImportProblem = Schemas['ImportProblem']
export type ImportResult = Schemas['ImportView']

export interface ListPlace {
  tenant: string
  desk: string
  list: string
}

const pageOf = 100
const keyOf = ({ tenant, desk, list }: ListPlace) => [tenant, 'admin', desk, 'list', list]

export const listQuery = (place: ListPlace, q: string) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(place), q, language()],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/lists/{list}', { params: { path: place, query: { q: q || undefined, after: pageParam, limit: pageOf } } })),
    getNextPageParam: (page) => page.next,
  })

export async function saveValue(place: ListPlace, key: string, title: Texts, retired: boolean) {
  await ask(api.PUT('/api/v1/t/{tenant}/desks/{desk}/lists/{list}/values/{key}', { params: { path: { ...place, key } }, body: { title, retired } }))
  await changed(place)
}

/** What an import would do, or does. */
export async function importCsv(place: ListPlace, file: Blob, dry: boolean): Promise<ImportResult> {
  const answer = await ask(
    api.POST('/api/v1/t/{tenant}/desks/{desk}/lists/{list}/import', {
      params: { path: place, query: { dry_run: dry } },
      headers: { 'Content-Type': 'text/csv' },
      body: file as unknown as string,
      // The bytes go as they are: the server knows both encodings.
      bodySerializer: () => file,
    }),
  )
  if (!dry) await changed(place)
  return answer
}

export const exportAddress = ({ tenant, desk, list }: ListPlace) =>
  `/api/v1/t/${encodeURIComponent(tenant)}/desks/${encodeURIComponent(desk)}/lists/${encodeURIComponent(list)}/export`

async function changed(place: ListPlace) {
  await reread(keyOf(place))
  // Forms are served with their lists.
  void reread([place.tenant, 'form'])
}
