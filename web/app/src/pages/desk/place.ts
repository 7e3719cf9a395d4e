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

export interface Rights {
  reply: boolean
  note: boolean
  edit: boolean
  assign: boolean
  link: boolean
  /** Lines that the ticket may be handed to. */
  lines: Schemas['LineView'][]
}

/** What the server will allow on a ticket, so that nothing is offered that it refuses; the server decides. */
export function rightsOf({ desk, line, administrator }: Work, ticket: Schemas['TicketView']): Rights {
  const talks = line?.talks === true
  // A line that does not talk works what it has been given, and only reads what it has given back.
  const works = administrator || talks || line?.key === ticket.line
  const from = line ?? desk.lines.find((one) => one.key === ticket.line)
  return {
    reply: talks,
    note: works,
    edit: talks || (administrator && !line),
    assign: works,
    link: talks,
    lines: works ? desk.lines.filter((one) => one.key !== ticket.line && from?.hands_to.includes(one.key)) : [],
  }
}

/** The title of what a key names, or the key. */
export function titleOf(list: readonly { key: string; title: string }[], key: string | undefined): string {
  return list.find((one) => one.key === key)?.title ?? key ?? ''
}
