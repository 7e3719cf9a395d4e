import { api, ask, type Schemas } from '../../api/client'
import { keepFollow } from '../../api/follow'
import type { Values } from '../../form/pointer'

interface Filing {
  tenant: string
  desk: string
  form: string
  fields: Values
  attachments: string[]
  key: string
  /** Whether a person is signed in: his form is never filed as nobody's because the session ended meanwhile. */
  signedIn: boolean
}

/** Files a ticket. The key makes every repeat of the same filing give the same ticket. */
export async function file(filing: Filing): Promise<Schemas['TicketView']> {
  const { tenant, desk, form, fields, attachments, key, signedIn } = filing
  if (signedIn) await ask(api.GET('/api/v1/t/{tenant}/me', { params: { path: { tenant } } }))
  const ticket = await ask(
    api.POST('/api/v1/t/{tenant}/tickets', {
      params: { path: { tenant }, header: { 'Idempotency-Key': key } },
      body: { desk, form, fields, attachments, channel: 'portal' },
    }),
  )
  if (ticket.follow) keepFollow(tenant, ticket.number, ticket.follow)
  return ticket
}
