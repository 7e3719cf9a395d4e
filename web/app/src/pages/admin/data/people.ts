// People of a tenant, and what they are on its desks.
import { queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { reread } from '../../../api/queries'
import { language } from '../../../i18n'

export type Member = Schemas['MemberView']
export type Found = Schemas['FoundPersonView']
export type Card = Schemas['PersonCard']

const mostFound = 20

export const membersQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'admin', desk, 'members', language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/members', { params: { path: { tenant, desk } } }))).items,
  })

/** Who is found by words; nobody without words. */
export const peopleQuery = (tenant: string, desk: string, q: string) =>
  queryOptions({
    queryKey: [tenant, 'admin', 'people', desk, q],
    enabled: q !== '',
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/people', { params: { path: { tenant }, query: { desk, q, limit: mostFound } } }))).items,
  })

export const personQuery = (tenant: string, id: string) =>
  queryOptions({
    queryKey: [tenant, 'admin', 'person', id],
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/people/{id}', { params: { path: { tenant, id } } })),
  })

export async function createPerson(tenant: string, body: Schemas['PersonBody']): Promise<Card> {
  const card = await ask(api.POST('/api/v1/t/{tenant}/people', { params: { path: { tenant } }, body }))
  void reread([tenant, 'admin', 'people'])
  return card
}

export async function changePerson(tenant: string, id: string, body: Schemas['PersonPatch']) {
  await ask(api.PATCH('/api/v1/t/{tenant}/people/{id}', { params: { path: { tenant, id } }, body }))
  await personChanged(tenant, id)
}

export async function newPassword(tenant: string, id: string): Promise<string> {
  return (await ask(api.POST('/api/v1/t/{tenant}/people/{id}/password', { params: { path: { tenant, id } }, body: {} }))).password
}

export async function erasePerson(tenant: string, id: string) {
  await ask(api.POST('/api/v1/t/{tenant}/people/{id}/erase', { params: { path: { tenant, id } } }))
  await personChanged(tenant, id)
}

/** Says what a person is on a desk; neither an agent nor an administrator is nobody there. */
export async function setMember(tenant: string, desk: string, id: string, line: string, administrator: boolean) {
  const path = { tenant, desk, id }
  if (line === '' && !administrator) await ask(api.DELETE('/api/v1/t/{tenant}/desks/{desk}/members/{id}', { params: { path } }))
  else await ask(api.PUT('/api/v1/t/{tenant}/desks/{desk}/members/{id}', { params: { path }, body: { line, administrator } }))
  await personChanged(tenant, id)
}

async function personChanged(tenant: string, id: string) {
  await reread([tenant, 'admin'])
  // Who changed himself has other rights now.
  void reread([tenant, 'me'])
  return id
}
