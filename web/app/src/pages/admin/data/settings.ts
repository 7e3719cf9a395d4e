// A desk's settings: what the administrator may change, and what the system declares.
import { queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'
import { queries } from '../../../api/queries'
import type { Values } from '../../../form/pointer'
import { language } from '../../../i18n'
import type { Versioned } from '../../../ui/edit/editor'

export type Texts = Schemas['Text']
export type Scope = Schemas['DeclaredVisibility']['widest']
export type Line = Schemas['OwnLine']
export type Queue = Schemas['OwnQueue']
export type DeskSettings = Schemas['DeskSettingsView']

export const settingsQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'admin', desk, 'settings', language()],
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/settings', { params: { path: { tenant, desk } } })),
  })

/** What is edited of the settings: the body that goes back, so that the server's pointers are the form's. */
export function editable({ title, prefix, settings, version }: DeskSettings): Versioned {
  // No limit of one's own is shown as nothing, not as 0.
  return { value: { title, prefix, settings: { ...settings, max_count: settings.max_count || undefined } }, version }
}

/** The body with every member there is: what was emptied is sent as empty. */
function whole(value: Values): Schemas['SettingsBody'] {
  const given = Object.fromEntries(Object.entries(value.settings as object).filter(([, member]) => member !== undefined))
  const empty = { time_zone: '', visibility: '', contacts: {}, lines: [], queues: [], max_bytes: 0, max_count: 0, link_max_bytes: 0, plugin: {} }
  return { prefix: String(value.prefix ?? ''), title: { ru: '', en: '', ...(value.title as object) }, settings: { ...empty, ...given } }
}

export async function saveSettings(tenant: string, desk: string, value: Values, version: number): Promise<Versioned> {
  const answer = await ask(
    api.PUT('/api/v1/t/{tenant}/desks/{desk}/settings', { params: { path: { tenant, desk }, header: { 'If-Match': `"${version}"` } }, body: whole(value) }),
  )
  queries.setQueryData(settingsQuery(tenant, desk).queryKey, answer)
  // Titles, lines and queues of the desk stand on every page.
  void queries.invalidateQueries({ queryKey: [tenant, 'desks'] })
  return editable(answer)
}

/** Reads what the server has now. */
export async function reloadSettings(tenant: string, desk: string): Promise<Versioned> {
  return editable(await queries.fetchQuery({ ...settingsQuery(tenant, desk), staleTime: 0 }))
}
