import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { useLiveTicket } from '../../api/live'
import { ApiError } from '../../api/problem'
import { desksQuery, eventsQuery, formQuery, mayFollow, queries, ticketQuery, useMe } from '../../api/queries'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { instant } from '../../ui/format'
import { StatusBadge } from '../../ui/StatusBadge'
import { Attachments } from './Attachments'
import { Fields } from './Fields'
import { History } from './History'
import { Reply } from './Reply'
import { Transitions } from './Transitions'

/** A ticket as its requester sees it: where it stands, what was said, and what he can do. */
export function TicketPage() {
  const { tenant, number } = useParams({ from: '/t/$tenant/tickets/$number' })
  const me = useMe(tenant)
  const ticket = useQuery({ ...ticketQuery(tenant, number), enabled: me.isFetched })
  const missing = ticket.error instanceof ApiError && ticket.error.status === 404
  if (missing) return <NotFoundScreen detail={(ticket.error as ApiError).detail} />
  if (ticket.error && !ticket.data) {
    return (
      <div className="page page--narrow">
        <PageTitle>{number}</PageTitle>
        <Failure error={ticket.error} />
      </div>
    )
  }
  if (!ticket.data) return <Waiting />
  return <Ticket tenant={tenant} ticket={ticket.data} me={me.data ?? undefined} />
}

interface Props {
  tenant: string
  ticket: Schemas['TicketView']
  me?: Schemas['PersonView']
}

function Ticket({ tenant, ticket, me }: Props) {
  const { t } = useTranslation()
  const { number } = ticket
  const signedIn = me !== undefined
  const desk = useQuery(desksQuery(tenant)).data?.find((one) => one.slug === ticket.desk)
  const form = useQuery({ ...formQuery(tenant, ticket.desk, ticket.form), staleTime: 300_000 }).data
  const events = useQuery(eventsQuery(tenant, number))
  useLiveTicket(tenant, number, signedIn)
  useRead(tenant, ticket, signedIn)
  const zone = desk?.time_zone
  return (
    <div className="page">
      {signedIn && (
        <Link to="/t/$tenant/tickets" params={{ tenant }} className="back">
          {t('nav.tickets')}
        </Link>
      )}
      <PageTitle text={`${number} ${ticket.subject}`}>
        <span className="title__number">{number}</span> {ticket.subject}
      </PageTitle>
      <div className="ticket">
        <div className="ticket__main">
          <section className="box ticket__status" aria-label={t('ticket.status')}>
            <p>
              <StatusBadge status={ticket.status} />
            </p>
            {ticket.status.help && <p>{ticket.status.help}</p>}
            {ticket.deadline.due_at && ticket.status.category !== 'done' && <p>{t('sent.due', { at: instant(ticket.deadline.due_at, zone) })}</p>}
            {ticket.duplicate_of && <p>{t('ticket.duplicate_of', { number: ticket.duplicate_of })}</p>}
          </section>
          <section className="block" aria-labelledby="history">
            <h2 id="history">{t('ticket.history')}</h2>
            {events.error && <Failure error={events.error} />}
            {events.isPending && <Waiting />}
            {events.data && <History events={events.data} tenant={tenant} desk={desk} me={me?.id} />}
          </section>
          {signedIn ? (
            <>
              <Reply tenant={tenant} ticket={ticket} person={me.id} limits={form?.limits} />
              <Transitions tenant={tenant} ticket={ticket} />
            </>
          ) : (
            mayFollow(tenant, number) && <p className="block hint">{t('ticket.follow')}</p>
          )}
        </div>
        <aside className="ticket__side" aria-label={t('ticket.details')}>
          <Summary ticket={ticket} desk={desk} zone={zone} />
          <h2>{ticket.form_title}</h2>
          <Fields view={form} fields={ticket.fields} />
          {ticket.attachments.length > 0 && (
            <>
              <h2>{t('files.label')}</h2>
              <Attachments tenant={tenant} files={ticket.attachments} />
            </>
          )}
        </aside>
      </div>
    </div>
  )
}

/** Opening the page is reading it: the mark in the lists goes away. */
function useRead(tenant: string, ticket: Schemas['TicketView'], on: boolean) {
  const { number, unread, updated_at } = ticket
  useEffect(() => {
    if (!on || !unread) return
    ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/read', { params: { path: { tenant, number } } })).then(
      () => void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] }),
      () => undefined, // it stays marked as new, no more
    )
  }, [tenant, number, unread, updated_at, on])
}

function Summary({ ticket, desk, zone }: { ticket: Schemas['TicketView']; desk?: Schemas['DeskView']; zone?: string }) {
  const { t } = useTranslation()
  const assignee = desk?.words.assignee
  return (
    <dl className="facts">
      {desk && (
        <div>
          <dt>{t('ticket.desk')}</dt>
          <dd>{desk.title}</dd>
        </div>
      )}
      <div>
        <dt>{t('ticket.created')}</dt>
        <dd>{instant(ticket.created_at, zone)}</dd>
      </div>
      {ticket.assignee && (
        <div>
          <dt>{assignee ? assignee.charAt(0).toLocaleUpperCase() + assignee.slice(1) : t('tickets.assignee')}</dt>
          <dd>{ticket.assignee.name}</dd>
        </div>
      )}
      {ticket.requester && (
        <div>
          <dt>{t('ticket.requester')}</dt>
          <dd>
            {ticket.requester.name}
            {ticket.organisation && <span className="facts__more">{ticket.organisation.name}</span>}
          </dd>
        </div>
      )}
    </dl>
  )
}
