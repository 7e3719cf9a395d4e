// Answers that a desk keeps for use.
import { queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { reread } from '../../../api/queries'

export type Template = Schemas['TemplateView']

const path = (tenant: string, desk: string) => ({ params: { path: { tenant, desk } } })
const keyOf = (tenant: string, desk: string) => [tenant, 'admin', desk, 'templates']

export const templatesQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: keyOf(tenant, desk),
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/templates', path(tenant, desk)))).items,
  })

export async function saveTemplate(tenant: string, desk: string, id: string | undefined, body: Schemas['TemplateBody']) {
  if (id === undefined) await ask(api.POST('/api/v1/t/{tenant}/desks/{desk}/templates', { ...path(tenant, desk), body }))
  else await ask(api.PUT('/api/v1/t/{tenant}/desks/{desk}/templates/{id}', { params: { path: { tenant, desk, id } }, body }))
  await reread(keyOf(tenant, desk))
}

export async function deleteTemplate(tenant: string, desk: string, id: string) {
  await ask(api.DELETE('/api/v1/t/{tenant}/desks/{desk}/templates/{id}', { params: { path: { tenant, desk, id } } }))
  await reread(keyOf(tenant, desk))
}
