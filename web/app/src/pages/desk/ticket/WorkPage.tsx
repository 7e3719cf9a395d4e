import './ticket.css'

import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import { ApiError } from '../../../api/problem'
import { eventsQuery, queries, ticketQuery, transitionsQuery } from '../../../api/queries'
import { Failure, NotFoundScreen } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { useCommands } from '../commands'
import { beside, lastView, noteOpened } from '../list/trail'
import { usePlace } from '../place'
import { StatusMark } from '../StatusMark'
import { Assignment } from './Assignment'
import { Candidates } from './Candidates'
import { Composer } from './Composer'
import { Facts } from './Facts'
import { Fields } from './Fields'
import { HandOver } from './HandOver'
import { History } from './History'
import { Late } from './Late'
import { Others } from './Others'
import { usePresence } from './presence'
import { Properties } from './Properties'
import { onVersion } from './ticket'
import { TransitionBox } from './TransitionBox'
import { type Asked, Transitions } from './Transitions'
import { UploadLink } from './UploadLink'
import { Why } from './Why'
import { useWriting, WorkingContext } from './working'

/** One ticket, as who works it sees it. */
export function WorkPage() {
  const { number } = useParams({ from: '/t/$tenant/desk/tickets/$number' })
  const { me } = usePlace()
  // What one person has begun is not shown to another who signs in over the page.
  return <Ticket key={`${number} ${me.id}`} number={number} />
}

function Ticket({ number }: { number: string }) {
  const { t } = useTranslation('desk')
  const { tenant, me, works } = usePlace()
  const navigate = useNavigate()
  const ticket = useQuery(ticketQuery(tenant, number))
  const events = useQuery(eventsQuery(tenant, number))
  const transitions = useQuery(transitionsQuery(tenant, number))
  const writing = useWriting(tenant, number)
  const [asked, setAsked] = useState<Asked>()
  const [handing, setHanding] = useState(false)

  const work = works.find((one) => one.desk.slug === ticket.data?.desk)
  const seq = events.data?.at(-1)?.seq ?? 0
  const seen = { version: ticket.data?.version ?? 0, seq }
  const { others, typing } = usePresence(tenant, number, seen, work !== undefined)
  useReadMark(tenant, number, ticket.data?.unread === true, ticket.data?.version, seq)
  useEffect(() => noteOpened(number), [number])

  const go = (step: 1 | -1) => {
    const other = beside(number, step)
    if (other) void navigate({ to: '/t/$tenant/desk/tickets/$number', params: { tenant, number: other } })
  }
  const up = () => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: lastView() })
  useCommands(t('commands.here'), [
    { id: 'up', title: t('ticket.up'), key: 'KeyU', run: up },
    { id: 'next', title: t('ticket.next'), key: 'KeyJ', run: () => go(1) },
    { id: 'previous', title: t('ticket.previous'), key: 'KeyK', run: () => go(-1) },
    ...(transitions.data ?? [])
      .filter((one) => one.allowed)
      .map((one, i) => ({
        id: `transition-${one.key}`,
        title: t('transitions.command', { title: one.title }),
        key: i < 9 ? `Digit${i + 1}` : undefined,
        run: () => setAsked({ transition: one }),
      })),
  ])

  if (ticket.error && !ticket.data) {
    if (ticket.error instanceof ApiError && ticket.error.status === 404) return <NotFoundScreen detail={ticket.error.detail} />
    return (
      <div className="page">
        <PageTitle>{number}</PageTitle>
        <Failure error={ticket.error} />
      </div>
    )
  }
  if (!ticket.data || !events.data) return events.error ? <Failure error={events.error} /> : <Waiting />
  if (!work) {
    return (
      <div className="page">
        <PageTitle>{number}</PageTitle>
        <p>{t('ticket.not_yours')}</p>
        <Link to="/t/$tenant/tickets/$number" params={{ tenant, number }}>
          {t('ticket.as_requester')}
        </Link>
      </div>
    )
  }
  const working = { tenant, ticket: ticket.data, events: events.data, work, me, seen, others, typing, busy: writing.busy, write: writing.write }
  return (
    <WorkingContext value={working}>
      <div className="work">
        <div className="work__main">
          <Link to="/t/$tenant/desk" params={{ tenant }} search={lastView()} className="back">
            {t('nav.list')}
          </Link>
          <p className="work__number tabular">{number}</p>
          <PageTitle text={`${number} ${ticket.data.subject}`}>{ticket.data.subject}</PageTitle>
          <p className="work__line">
            <StatusMark status={ticket.data.status} />
            {ticket.data.duplicate_of && (
              <span>
                {t('ticket.duplicate_of')}{' '}
                <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: ticket.data.duplicate_of }}>
                  {ticket.data.duplicate_of}
                </Link>
              </span>
            )}
            {ticket.data.reopened > 0 && <span>{t('ticket.reopened', { count: ticket.data.reopened })}</span>}
          </p>
          <Others />
          <Fields />
          <History />
          <Composer transitions={transitions.isPending ? undefined : (transitions.data ?? [])} />
        </div>
        <aside className="work__side" aria-label={t('ticket.side')}>
          <Transitions transitions={transitions.data} onAsk={setAsked} />
          <Assignment />
          <HandOver open={handing} onOpen={setHanding} />
          <Properties />
          <Facts />
          <Candidates transitions={transitions.data ?? []} onAsk={setAsked} />
          <Why />
          <UploadLink />
        </aside>
      </div>
      {asked && <TransitionBox key={asked.transition.key} asked={asked} onClose={() => setAsked(undefined)} />}
      {writing.late && <Late doing={writing.late} busy={writing.busy} onAgain={writing.again} onClose={writing.leave} />}
    </WorkingContext>
  )
}

/** What is on the screen of its reader has been read. */
function useReadMark(tenant: string, number: string, unread: boolean, version: number | undefined, seq: number) {
  const marked = useRef(0)
  useEffect(() => {
    if (!unread || version === undefined || seq === 0 || marked.current === seq) return
    const mark = () => {
      if (document.visibilityState !== 'visible') return
      marked.current = seq
      ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/read', { params: { path: { tenant, number }, header: onVersion(version) } })).then(
        () => void queries.invalidateQueries({ queryKey: [tenant, 'ticket', number, 'body'] }),
        () => undefined,
      )
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [tenant, number, unread, version, seq])
}
