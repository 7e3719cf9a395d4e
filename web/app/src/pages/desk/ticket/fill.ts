// Templates of answers: their placeholders are filled in as the ticket stands now.
import type { Schemas } from '../../../api/client'
import { instant } from '../../../ui/format'

interface Place {
  ticket: Schemas['TicketView']
  me: { name: string }
  desk: { title: string; time_zone: string }
}

/** A template's text with its placeholders filled in; one that this screen does not know stays as it is written. */
export function fill(text: string, { ticket, me, desk }: Place): string {
  const values: Record<string, string> = {
    number: ticket.number,
    subject: ticket.subject,
    requester: ticket.requester?.name ?? '',
    agent: me.name,
    desk: desk.title,
    status: ticket.status.title,
    deadline: ticket.deadline.due_at ? instant(ticket.deadline.due_at, desk.time_zone) : '',
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** A text with another one put where the cursor is, and where the cursor stands then. */
export function insert(text: string, piece: string, from: number, to: number): { text: string; at: number } {
  const before = text.slice(0, from)
  const after = text.slice(to)
  return { text: before + piece + after, at: before.length + piece.length }
}
