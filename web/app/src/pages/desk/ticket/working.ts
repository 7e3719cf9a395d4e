// One ticket being worked: every write says which version it saw, and one that came too late is not lost.
import { createContext, useContext, useState } from 'react'

import type { Schemas } from '../../../api/client'
import { ApiError } from '../../../api/problem'
import { queries, reread, ticketQuery } from '../../../api/queries'
import { land, standing } from '../../../ui/land'
import type { Work } from '../place'
import { say } from '../say'

/** A text of the agent's, by what it is called on the page. */
export interface Piece {
  label: string
  text: string
}

export interface Doing {
  /** What is being done, in words. */
  what: string
  /** What the agent typed or chose. */
  mine: Piece[]
  /** How the same things stand now; undefined where there is nothing to lay beside. */
  theirs?: (ticket: Schemas['TicketView']) => Piece[]
  /** What was seen when it was begun. */
  seen: Seen
  send: (version: number) => Promise<unknown>
  done?: () => void
  said: string
}

export interface Seen {
  version: number
  seq: number
}

export type Outcome = 'done' | 'late' | ApiError

export interface Working {
  tenant: string
  ticket: Schemas['TicketView']
  events: Schemas['EventView'][]
  work: Work
  me: Schemas['PersonView']
  seen: Seen
  busy: boolean
  /** Who else is on this ticket now. */
  others: Schemas['PresentView'][]
  /** Tells the others that an answer or a note is being written. */
  typing: () => void
  write: (doing: Doing) => Promise<Outcome>
}

export const WorkingContext = createContext<Working | undefined>(undefined)

export function useWorking(): Working {
  const working = useContext(WorkingContext)
  if (!working) throw new Error('a part of a ticket stands outside it')
  return working
}

/** Sends writes; late is what another one overtook, with the means to send it all the same. */
export function useWriting(tenant: string, number: string) {
  const [busy, setBusy] = useState(false)
  const [late, setLate] = useState<Doing>()
  const refresh = () => reread([tenant, 'ticket', number])

  const attempt = async (doing: Doing, version: number): Promise<Outcome> => {
    // A button that waits for its answer cannot keep the focus.
    const from = standing()
    setBusy(true)
    try {
      await doing.send(version)
      setLate(undefined)
      doing.done?.()
      say(doing.said)
      void refresh()
      return 'done'
    } catch (err) {
      const failure = err instanceof ApiError ? err : new ApiError(0, {})
      if (failure.status !== 412) return failure
      await refresh()
      setLate({ ...doing })
      return 'late'
    } finally {
      setBusy(false)
      land(from)
    }
  }
  return {
    busy,
    late,
    write: (doing: Doing) => attempt(doing, doing.seen.version),
    /** Sends what came too late on the version of this moment. */
    again: async (doing: Doing) => {
      const ticket = await queries.fetchQuery({ ...ticketQuery(tenant, number), staleTime: 0 })
      return attempt(doing, ticket.version)
    },
    leave: () => setLate(undefined),
  }
}
