// Whom an administrator's page belongs to: the tenant, the person, and the desk that is being configured.
import { createContext, useContext } from 'react'

import type { Schemas } from '../../api/client'

export interface AdminPlace {
  tenant: string
  me: Schemas['PersonView']
  /** The desks that this person administers. */
  desks: Schemas['DeskView'][]
}

export const AdminContext = createContext<AdminPlace | undefined>(undefined)

export function useAdmin(): AdminPlace {
  const place = useContext(AdminContext)
  if (!place) throw new Error('a page of administration stands outside it')
  return place
}

export const DeskContext = createContext<Schemas['DeskView'] | undefined>(undefined)

/** The desk that is being configured. */
export function useAdminDesk(): Schemas['DeskView'] {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a page of a desk stands outside it')
  return desk
}

/** The desks that a person administers, in the tenant's order. */
export function administered(me: Schemas['PersonView'], desks: Schemas['DeskView'][]): Schemas['DeskView'][] {
  return desks.filter((desk) => me.desks.some((one) => one.desk === desk.slug && one.administrator))
}
