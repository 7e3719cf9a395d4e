import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { PageTitle } from '../../shell/PageTitle'
import { instant, spoken } from '../../ui/format'

interface Props {
  tenant: string
  ticket: Schemas['TicketView']
  zone?: string
  onAnother: () => void
}

/** After sending: the number, large, what happens next, and the way to the ticket. */
export function Sent({ tenant, ticket, zone, onAnother }: Props) {
  const { t } = useTranslation()
  return (
    <div className="page page--narrow">
      <PageTitle>{t('sent.title')}</PageTitle>
      <div className="box" role="status">
        <p className="hint">{t('sent.number')}</p>
        <p className="number">{ticket.number}</p>
        <p className="hint">{t('sent.spoken', { spoken: spoken(ticket.number) })}</p>
      </div>
      <section className="block">
        <h2>{t('sent.next')}</h2>
        <p>
          <strong>{t('sent.status', { status: ticket.status.title })}</strong> {ticket.status.help}
        </p>
        {ticket.deadline.due_at && <p>{t('sent.due', { at: instant(ticket.deadline.due_at, zone) })}</p>}
        <p>{ticket.requester?.email ? t('sent.answer', { email: ticket.requester.email }) : t('sent.answer_here')}</p>
        {ticket.follow && <p>{t('sent.follow')}</p>}
      </section>
      <p>
        <Link to="/t/$tenant/tickets/$number" params={{ tenant, number: ticket.number }} className="strong">
          {t('sent.open')}
        </Link>
      </p>
      <p>
        <button type="button" className="link-button" onClick={onAnother}>
          {t('sent.another')}
        </button>
      </p>
    </div>
  )
}
