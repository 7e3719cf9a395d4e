import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { deskQuery } from '../../api/queries'
import { instant } from '../../ui/format'
import { Linked } from '../../ui/Prose'
import { StatusBadge } from '../../ui/StatusBadge'
import { Attachments } from './Attachments'
import { Fields } from './Fields'

interface Props {
  tenant: string
  events: Schemas['EventView'][]
  desk?: Schemas['DeskView']
  me?: string
}

/** What happened to a ticket, oldest first; what was said stands out from what was done. */
export function History({ tenant, events, desk, me }: Props) {
  return (
    <ol className="history">
      {events.map((event) => (
        <Entry key={event.seq} tenant={tenant} event={event} desk={desk} me={me} />
      ))}
    </ol>
  )
}

function Entry({ tenant, event, desk, me }: { tenant: string; event: Schemas['EventView']; desk?: Schemas['DeskView']; me?: string }) {
  const { t } = useTranslation()
  const status = desk?.statuses.find((one) => one.key === event.data.to)
  const mine = me !== undefined && event.actor.id === me
  const text = event.body?.text
  const resolution = event.body?.resolution
  const files = event.attachments ?? []
  return (
    <li className={`entry ${mine ? 'entry--mine' : ''} ${text ? 'entry--said' : ''}`}>
      <p className="entry__head">
        <strong>{mine ? t('event.you') : (event.actor.name ?? t(`event.actor.${actorOf(event.actor.kind)}`))}</strong>
        <span>{t(`event.kind.${kindOf(event.kind)}`)}</span>
        {status && event.kind !== 'submitted' && <StatusBadge status={status} />}
        <time dateTime={event.at} className="entry__time">
          {instant(event.at, desk?.time_zone)}
        </time>
      </p>
      {event.erased && <p className="hint">{t('event.erased')}</p>}
      {text && (
        <div className="entry__text">
          <Linked text={text} />
        </div>
      )}
      {resolution && desk && <Answered tenant={tenant} desk={desk.slug} fields={resolution} />}
      {files.length > 0 && <Attachments tenant={tenant} files={files} />}
    </li>
  )
}

/** What a closing answer says, by the labels of the system's form; it waits for them. */
function Answered({ tenant, desk, fields }: { tenant: string; desk: string; fields: Record<string, unknown> }) {
  const form = useQuery(deskQuery(tenant, desk))
  return form.isPending ? null : <Fields view={form.data?.resolution} fields={fields} />
}

const kinds = ['submitted', 'commented', 'noted', 'transitioned', 'assigned', 'handed_over', 'edited', 'classified', 'erased'] as const
const actors = ['requester', 'agent', 'administrator', 'system'] as const

const kindOf = (kind: string) => kinds.find((known) => known === kind) ?? 'edited'
const actorOf = (kind: string) => actors.find((known) => known === kind) ?? 'system'
