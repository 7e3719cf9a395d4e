import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { dialled } from '../../../ui/dial'
import { instant, spoken } from '../../../ui/format'
import { FileList } from './FileList'
import { channelOf } from './History'
import { useWorking } from './working'

/** Who asks and how to reach him, where the ticket came from, its files. */
export function Facts() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work } = useWorking()
  const { requester } = ticket
  return (
    <section className="panel" aria-labelledby="facts-title">
      <h2 id="facts-title">{t('facts.title')}</h2>
      <dl className="props">
        {requester && (
          <div>
            <dt>{t('facts.requester')}</dt>
            <dd>
              {requester.name}
              {requester.verified === false && <span className="dim"> {t('facts.unverified')}</span>}
              {requester.email && (
                <>
                  <br />
                  <a href={`mailto:${requester.email}`}>{requester.email}</a>
                </>
              )}
              {requester.phone && (
                <>
                  <br />
                  {dialled(requester.phone) ? <a href={dialled(requester.phone)}>{requester.phone}</a> : requester.phone}
                </>
              )}
              {requester.id && (
                <>
                  <br />
                  <Link to="/t/$tenant/desk" params={{ tenant }} search={{ desk: ticket.desk, requester: requester.id }}>
                    {t('facts.tickets')}
                  </Link>
                </>
              )}
            </dd>
          </div>
        )}
        {ticket.organisation && (
          <div>
            <dt>{t('facts.organisation')}</dt>
            <dd>
              {ticket.organisation.name}
              {ticket.organisation.inn && <span className="dim tabular"> {t('facts.inn', { inn: ticket.organisation.inn })}</span>}
              <br />
              <Link to="/t/$tenant/desk" params={{ tenant }} search={{ desk: ticket.desk, organisation: ticket.organisation.id }}>
                {t('facts.organisation_tickets')}
              </Link>
            </dd>
          </div>
        )}
        <div>
          <dt>{t('facts.channel')}</dt>
          <dd>{t(`channel.${channelOf(ticket.channel)}`)}</dd>
        </div>
        <div>
          <dt>{t('facts.created')}</dt>
          <dd>{instant(ticket.created_at, work.desk.time_zone)}</dd>
        </div>
        {ticket.deadline.due_at && (
          <div>
            <dt>{t('properties.due')}</dt>
            <dd>
              {instant(ticket.deadline.due_at, work.desk.time_zone)}
              {ticket.deadline.title && <span className="dim"> ({ticket.deadline.title})</span>}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('facts.spoken')}</dt>
          <dd>{spoken(ticket.number)}</dd>
        </div>
        {ticket.attachments.length > 0 && (
          <div>
            <dt>{t('files.count', { count: ticket.attachments.length })}</dt>
            <dd>
              <FileList tenant={tenant} files={ticket.attachments} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}
