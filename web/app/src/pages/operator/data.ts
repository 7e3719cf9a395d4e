// What an operator reads and does: configuration and counts, never a ticket's contents.
import { queryOptions } from '@tanstack/react-query'

import { ask, quiet, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread } from '../../api/queries'
import { answerOperator, noteOperator, operator, type OperatorPerson } from './session'

export type Plugin = Schemas['PluginView']
export type Tenant = Schemas['TenantSummary']
export type Release = Schemas['ReleaseView']

/** How often what is being watched is looked at. */
const atOnce = 2000

/** Whether nobody is signed in. */
export const signedOut = (err: unknown) => err instanceof ApiError && err.status === 401

/** Who is signed in. The session of who was known already is renewed over the page. */
export const meQuery = queryOptions({
  queryKey: ['operator', 'me'],
  staleTime: 60_000,
  queryFn: async () => {
    const me = await ask(operator.GET('/api/v1/operator/me'))
    noteOperator(me)
    return me
  },
})

export const tenantsQuery = queryOptions({ queryKey: ['operator', 'tenants'], queryFn: async () => (await ask(operator.GET('/api/v1/operator/tenants'))).items })
export const releasesQuery = queryOptions({ queryKey: ['operator', 'releases'], queryFn: async () => (await ask(operator.GET('/api/v1/operator/releases'))).items })

/** The plugins' processes: who looks at them sees their end at once. */
export const pluginsQuery = queryOptions({
  queryKey: ['operator', 'plugins'],
  refetchInterval: atOnce,
  queryFn: async () => (await ask(operator.GET('/api/v1/operator/plugins'))).items,
})

const tail = 300

export const logQuery = (system: string, following: boolean) =>
  queryOptions({
    queryKey: ['operator', 'log', system],
    refetchInterval: following ? atOnce : false,
    queryFn: async () => (await ask(operator.GET('/api/v1/operator/plugins/{system}/log', { params: { path: { system }, query: { lines: tail } } }))).lines,
  })

/** Takes the pages up again after the sign-in; another operator gets all of them fresh. */
export async function signedIn(me: OperatorPerson) {
  const outcome = answerOperator(me)
  if (outcome === 'other') {
    await queries.resetQueries({ queryKey: ['operator'] })
    return
  }
  queries.setQueryData(meQuery.queryKey, me)
  await queries.invalidateQueries({ queryKey: ['operator'], predicate: (query) => query.queryKey[1] !== 'me' })
}

/** Signs out; what was read goes with the session. */
export async function signOut() {
  await ask(quiet.DELETE('/api/v1/operator/sessions/current')).catch(() => undefined)
  noteOperator(undefined)
  await queries.resetQueries({ queryKey: ['operator'] })
}

export async function restart(system: string) {
  await ask(operator.POST('/api/v1/operator/plugins/{system}/restart', { params: { path: { system } } }))
  await reread(['operator', 'plugins'])
}

export async function activate(digest: string) {
  await ask(operator.POST('/api/v1/operator/releases/{digest}/activate', { params: { path: { digest } } }))
  await reread(['operator'])
}

export async function rollBack(system: string) {
  await ask(operator.POST('/api/v1/operator/systems/{system}/rollback', { params: { path: { system } } }))
  await reread(['operator'])
}

export async function createTenant(body: Schemas['TenantBody']): Promise<Tenant> {
  const tenant = await ask(operator.POST('/api/v1/operator/tenants', { body }))
  await reread(['operator', 'tenants'])
  return tenant
}

export async function changeTenant(tenant: string, body: Schemas['TenantPatch']) {
  await ask(operator.PATCH('/api/v1/operator/tenants/{tenant}', { params: { path: { tenant } }, body }))
  await reread(['operator', 'tenants'])
}

export async function createDesk(tenant: string, body: Schemas['DeskBody']) {
  await ask(operator.POST('/api/v1/operator/tenants/{tenant}/desks', { params: { path: { tenant } }, body }))
  await reread(['operator', 'tenants'])
}

export async function createPerson(tenant: string, body: Schemas['UserBody']): Promise<Schemas['PersonCard']> {
  return ask(operator.POST('/api/v1/operator/tenants/{tenant}/people', { params: { path: { tenant } }, body }))
}
