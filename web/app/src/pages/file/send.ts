import { api, ask, type Schemas } from '../../api/client'
import { keepFollow } from '../../api/follow'
import { ApiError } from '../../api/problem'
import type { Values } from '../../form/pointer'

interface Filing {
  tenant: string
  desk: string
  form: string
  fields: Values
  attachments: string[]
  key: string
  /** Who filled the form, absent where nobody is signed in. */
  person?: string
}

/** Files a ticket. The key makes every repeat of the same filing give the same ticket. */
export async function file(filing: Filing): Promise<Schemas['TicketView']> {
  const { tenant, desk, form, fields, attachments, key, person } = filing
  if (person !== undefined) {
    // Where the session ended meanwhile, a form is never filed as nobody's, nor as somebody else's.
    const me = await ask(api.GET('/api/v1/t/{tenant}/me', { params: { path: { tenant } } }))
    if (me.id !== person) throw new ApiError(401, { code: 'person_changed' })
  }
  const ticket = await ask(
    api.POST('/api/v1/t/{tenant}/tickets', {
      params: { path: { tenant }, header: { 'Idempotency-Key': key } },
      body: { desk, form, fields, attachments, channel: 'portal' },
    }),
  )
  if (ticket.follow) keepFollow(tenant, ticket.number, ticket.follow)
  return ticket
}
