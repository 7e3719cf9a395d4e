import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { deskQuery, formVersionQuery } from '../../../api/queries'
import { fieldAt, formModel, labelled } from '../../../form/model'
import { language } from '../../../i18n'
import { instant } from '../../../ui/format'
import { Prose } from '../../../ui/Prose'
import { titleOf } from '../place'
import { FileList } from './FileList'
import { noteSeen, seenUpTo } from './seen'
import { useWorking } from './working'

type Shown = 'all' | 'talk' | 'notes'

/** The ticket's history, oldest first; what the requester does not see looks and is named differently. */
export function History() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, events, me, seen } = useWorking()
  const [shown, setShown] = useState<Shown>('all')
  // What was new when the ticket was opened stays marked while it is.
  const [opened] = useState(() => events.at(-1)?.seq ?? 0)
  const [before] = useState(() => seenUpTo(tenant, me.id, ticket.number) ?? opened)
  useEffect(() => noteSeen(tenant, me.id, ticket.number, seen.seq), [tenant, me.id, ticket.number, seen.seq])
  const fresh = events.find((event) => event.seq > before && event.actor.id !== me.id)?.seq
  // What comes while the ticket is open is said aloud: it may be far from what is looked at.
  const news = latest(events.filter((event) => event.seq > opened && event.actor.id !== me.id))
  const voices = new Set(shown === 'talk' ? ['answer', 'requester'] : ['internal'])
  const listed = shown === 'all' ? events : events.filter((event) => voices.has(voiceOf(event)))
  return (
    <section className="section" aria-labelledby="history-title">
      <div className="section__head">
        <h2 id="history-title">{t('history.title')}</h2>
        {events.length > 4 && (
          <NativeSelect
            size="xs"
            aria-label={t('history.shown')}
            value={shown}
            onChange={(event) => setShown(event.currentTarget.value as Shown)}
            data={[
              { value: 'all', label: t('history.all') },
              { value: 'talk', label: t('history.talk') },
              { value: 'notes', label: t('history.notes') },
            ]}
          />
        )}
      </div>
      <p role="status" className="news">
        {news && t(`history.news_${voiceOf(news)}`, { name: news.actor.name || t(`history.${news.actor.kind === 'system' ? 'system' : 'somebody'}`) })}
      </p>
      <ol className="acts">
        {listed.map((event) => (
          <Entry key={event.seq} event={event} level="h3" fresh={event.seq === fresh} />
        ))}
      </ol>
      {listed.length === 0 && <p className="dim">{t('history.nothing')}</p>}
    </section>
  )
}

/** The last of what came; of a text and the change that went with it, the text. */
function latest(came: readonly Schemas['EventView'][]): Schemas['EventView'] | undefined {
  const last = came.at(-1)
  const before = came.at(-2)
  const together = last && before && voiceOf(last) === 'record' && last.actor.id === before.actor.id && Date.parse(last.at) - Date.parse(before.at) < 1000
  return together ? before : last
}

type Voice = 'internal' | 'answer' | 'requester' | 'record'

function voiceOf(event: Schemas['EventView']): Voice {
  if (event.visibility === 'internal') return 'internal'
  if (!event.body?.text && event.kind !== 'commented') return 'record'
  return event.actor.kind === 'requester' ? 'requester' : 'answer'
}

/** One entry: who, when, whether the requester sees it, and what. */
export function Entry({ event, level: Level, fresh = false }: { event: Schemas['EventView']; level: 'h3' | 'h4'; fresh?: boolean }) {
  const { t } = useTranslation('desk')
  const { tenant, work } = useWorking()
  const voice = voiceOf(event)
  const record = useRecord(event)
  const name = event.actor.name || t(`history.${event.actor.kind === 'system' ? 'system' : 'somebody'}`)
  return (
    <li className="act" data-voice={voice}>
      {fresh && <p className="act__fresh">{t('history.fresh')}</p>}
      <div className="act__head">
        <Level className="act__who">{name}</Level>
        {voice === 'internal' && <span className="act__badge">{t('history.internal')}</span>}
        {voice === 'answer' && <span className="act__badge">{t('history.answer')}</span>}
        {voice === 'requester' && <span className="act__badge">{t('history.requester')}</span>}
        <time dateTime={event.at} className="act__at tabular">
          {instant(event.at, work.desk.time_zone)}
        </time>
      </div>
      {record.map((line) => (
        <p key={line} className="act__record">
          {line}
        </p>
      ))}
      {event.erased && <p className="act__record">{t('history.erased')}</p>}
      {event.body?.text && <Prose text={event.body.text} />}
      {event.body?.resolution && <Answered fields={event.body.resolution} />}
      <FileList tenant={tenant} files={event.attachments ?? []} />
    </li>
  )
}

/** The resolution, by the labels of its form; it waits for them. */
function Answered({ fields }: { fields: Record<string, unknown> }) {
  const { t } = useTranslation()
  const { tenant, ticket } = useWorking()
  const desk = useQuery(deskQuery(tenant, ticket.desk))
  const view = desk.data?.resolution
  const speech = language()
  const model = useMemo(() => view && formModel(view, speech), [view, speech])
  if (desk.isPending) return null
  return (
    <dl className="act__resolution">
      {labelled(model, fields, t('yes'), t('no')).map(({ pointer, label, text }) => (
        <div key={pointer}>
          <dt>{label}</dt>
          <dd>
            <Prose text={text} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** What an entry did, in words. */
function useRecord({ kind, data, actor }: Schemas['EventView']): string[] {
  const { t } = useTranslation('desk')
  const { tenant, ticket, events, me, work } = useWorking()
  const { desk } = work
  const form = useQuery({ ...formVersionQuery(tenant, ticket.desk, ticket.form, ticket.form_version), enabled: kind === 'edited' })
  const lines: string[] = []
  const personOf = (id: string | undefined) => {
    if (id === me.id) return me.name
    if (id === ticket.assignee?.id) return ticket.assignee?.name ?? ''
    return events.find((event) => event.actor.id === id)?.actor.name ?? t('history.colleague')
  }
  switch (kind) {
    case 'submitted':
      lines.push(t('history.submitted', { channel: t(`channel.${channelOf(data.channel)}`), queue: titleOf(desk.queues, data.queue) }))
      break
    case 'transitioned':
      lines.push(t('history.transitioned', { from: titleOf(desk.statuses, data.from), to: titleOf(desk.statuses, data.to) }))
      break
    case 'assigned':
      lines.push(data.assignee ? (data.assignee === actor.id ? t('history.took') : t('history.assigned', { name: personOf(data.assignee) })) : t('history.unassigned'))
      break
    case 'handed_over':
      lines.push(t('history.handed_over', { from: titleOf(desk.lines, data.from_line), to: titleOf(desk.lines, data.line) }))
      break
    case 'edited': {
      const model = form.data && formModel(form.data, language())
      const names = (data.pointers ?? []).map((pointer) => (model && fieldAt(model, pointer)?.label) || pointer)
      lines.push(t('history.edited', { fields: names.join(', ') }))
      break
    }
  }
  if (kind !== 'submitted') {
    if (data.priority) lines.push(t('history.priority', { title: titleOf(desk.priorities, data.priority) }))
    if (data.queue && kind !== 'handed_over') lines.push(t('history.queue', { title: titleOf(desk.queues, data.queue) }))
    if (data.deadline_set) {
      const title = titleOf(desk.deadlines, data.deadline_case)
      lines.push(data.deadline_at ? t('history.deadline', { title, at: instant(data.deadline_at, desk.time_zone) }) : t('history.no_deadline', { title }))
    }
  }
  return lines
}

export type Channel = 'portal' | 'api' | 'phone' | 'mail'

export function channelOf(channel: string | undefined): Channel {
  return channel === 'portal' || channel === 'phone' || channel === 'mail' ? channel : 'api'
}
