// Templates of answers: their placeholders are filled in as the ticket stands now.
import type { Schemas } from '../../../api/client'
import { instant } from '../../../ui/format'

interface Place {
  ticket: Schemas['TicketView']
  me: { name: string }
  desk: { title: string; time_zone: string }
}

function valuesOf({ ticket, me, desk }: Place): Record<string, string> {
  return {
    number: ticket.number,
    subject: ticket.subject,
    requester: ticket.requester?.name ?? '',
    agent: me.name,
    desk: desk.title,
    status: ticket.status.title,
    deadline: ticket.deadline.due_at ? instant(ticket.deadline.due_at, desk.time_zone) : '',
  }
}

const places = /\{(\w+)\}/g

/** A template's text with its placeholders filled in; one without a value stays as it is written. */
export function fill(text: string, place: Place): string {
  const values = valuesOf(place)
  return text.replace(places, (whole, name: string) => values[name] || whole)
}

/** The placeholders of a template that stay in its text. */
export function blanksOf(text: string, place: Place): string[] {
  const values = valuesOf(place)
  return [...new Set([...text.matchAll(places)].filter(([, name]) => !values[name ?? '']).map(([whole]) => whole))]
}

/** Those of the placeholders that still stand in what is to be sent. */
export const left = (text: string, blanks: readonly string[] = []) => blanks.filter((one) => text.includes(one))

/** A text with another one put where the cursor is, and where the cursor stands then. */
export function insert(text: string, piece: string, from: number, to: number): { text: string; at: number } {
  const before = text.slice(0, from)
  const after = text.slice(to)
  return { text: before + piece + after, at: before.length + piece.length }
}
