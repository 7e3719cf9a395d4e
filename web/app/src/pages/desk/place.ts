// Where an agent works: the tenant, himself and his desks, for every page of the console.
import { createContext, useContext } from 'react'

import type { Schemas } from '../../api/client'

export interface Work {
  desk: Schemas['DeskView']
  /** His line on the desk; none for who administers it only. */
  line?: Schemas['LineView']
  administrator: boolean
}

export interface Place {
  tenant: string
  me: Schemas['PersonView']
  works: Work[]
}

export const PlaceContext = createContext<Place | undefined>(undefined)

/** The console around a page. */
export function usePlace(): Place {
  const place = useContext(PlaceContext)
  if (!place) throw new Error('a page of the console stands outside it')
  return place
}

/** The desks that a person works, with his line on each. */
export function worksOf(me: Schemas['PersonView'], desks: Schemas['DeskView'][]): Work[] {
  return desks.flatMap((desk) => {
    const membership = me.desks.find((one) => one.desk === desk.slug)
    if (!membership || (!membership.line && !membership.administrator)) return []
    return [{ desk, line: desk.lines.find((line) => line.key === membership.line), administrator: membership.administrator }]
  })
}

/** The title of what a key names, or the key. */
export function titleOf(list: readonly { key: string; title: string }[], key: string | undefined): string {
  return list.find((one) => one.key === key)?.title ?? key ?? ''
}
