import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { mayFollow, ticketQuery, useMe } from '../../api/queries'
import { answerTo } from '../../form/outcome'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { instant, spoken } from '../../ui/format'

interface Props {
  tenant: string
  number: string
  /** The form that was sent, once it is there again. */
  view?: Schemas['FormView']
  zone?: string
  onAnother: () => void
}

/** After sending: the number, large, what happens next, and the way to the ticket. */
export function Sent({ tenant, number, view, zone, onAnother }: Props) {
  const { t } = useTranslation()
  const me = useMe(tenant)
  const { data: ticket, error } = useQuery({ ...ticketQuery(tenant, number), enabled: me.isFetched })
  if (error instanceof ApiError && error.status === 404) return <NotFoundScreen detail={error.detail} />
  if (!ticket) {
    if (!error) return <Waiting />
    return (
      <div className="page page--narrow">
        <PageTitle>{number}</PageTitle>
        <Failure error={error} />
      </div>
    )
  }
  const email = view && answerTo(view, ticket.fields, ticket.requester?.email)
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
        <p>{email ? t('sent.answer', { email }) : t('sent.answer_here')}</p>
        {!me.data && mayFollow(tenant, number) && <p>{t('sent.follow')}</p>}
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
