import './list.css'
import './narrow.css'

import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { deskQuery, queries } from '../../../api/queries'
import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { useCommands } from '../commands'
import { land } from '../../../ui/land'
import { usePlace } from '../place'
import { say } from '../say'
import { useAssigning } from './assign'
import { Bulk } from './Bulk'
import { columnsOf } from './columns'
import { listCommands } from './commands'
import { Filters } from './Filters'
import { useFresh, useIdle } from './fresh'
import { directionOf } from './Heading'
import { Queues } from './Queues'
import { type Rows, Table } from './Table'
import { countsQuery, formerOf, type Item, listQuery } from './tickets'
import { lastOpened, noteList } from './trail'
import { narrowed, onlyOpen, type Order, queryOf, settled, type View } from './view'
import { Views } from './Views'

/** The queue of a day: tickets of one desk by the view in the address. */
export function TicketList() {
  const { t } = useTranslation('desk')
  const { tenant, me, works } = usePlace()
  const search = useSearch({ from: '/t/$tenant/desk/' })
  const navigate = useNavigate()
  const work = works.find((one) => one.desk.slug === search.desk) ?? works[0]!
  const slug = work.desk.slug
  const view = useMemo<View>(() => ({ ...search, desk: slug }), [search, slug])
  const list = useInfiniteQuery({ ...listQuery(tenant, view), placeholderData: formerOf(slug) })
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const desk = useQuery(deskQuery(tenant, slug)).data
  const choices = desk?.columns ?? []
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [{ changed, came }, forget] = useFresh(tenant, view, items)
  const [places, setPlaces] = useState(false)
  const rows = useRef<Rows>(null)
  const now = useNow()

  const go = (next: View) => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: next, replace: true, resetScroll: false })
  const change = (part: View) => go(settled({ ...search, ...part }, part))
  const order = (next: Order) => {
    // Only the order of filing turns round; a second press on another one returns to the common order.
    if (search.order !== next) change({ order: next, direction: undefined })
    else if (next === 'created' && directionOf(search, next) === 'desc') change({ direction: 'asc' })
    else change({ order: undefined, direction: undefined })
  }
  const refresh = () => {
    forget()
    void list.refetch()
    void queries.invalidateQueries({ queryKey: countsQuery(tenant, slug).queryKey })
  }
  useIdle(came.size > 0 && selected.size === 0, refresh)
  useEffect(() => noteList(items.map((item) => item.number), search), [items, search])
  useEffect(() => {
    setSelected(new Set())
    setPlaces(false)
  }, [view])
  // Coming back from a ticket, one stands where one left.
  const returned = useRef(false)
  useEffect(() => {
    if (returned.current || items.length === 0) return
    returned.current = true
    const at = items.findIndex((item) => item.number === lastOpened())
    if (at >= 0) rows.current?.focus(at)
  })
  const select = (numbers: string[], on: boolean) =>
    setSelected((all) => {
      const next = new Set(all)
      for (const number of numbers) {
        if (on) next.add(number)
        else next.delete(number)
      }
      return next
    })
  // “Me” would be somebody else for who gets the link.
  const copy = () => {
    const query = queryOf({ ...search, assignee: search.assignee === 'me' ? me.id : search.assignee })
    const link = new URL(`/t/${tenant}/desk/?desk=${encodeURIComponent(slug)}&${query}`, window.location.origin).href
    navigator.clipboard.writeText(link).then(
      () => say(t('list.link_done')),
      () => window.prompt(t('list.link_me'), link),
    )
  }
  const assigning = useAssigning(tenant, items, (failed) => {
    setSelected(new Set(failed))
    refresh()
    // The bar of what is chosen is gone, and the focus with it.
    land([() => document.querySelector('.row-ticket__link[tabindex="0"]')])
  })
  const assign = (assignee: string | null) => assigning.mutate({ numbers: [...selected], assignee })
  useCommands(
    t('commands.here'),
    listCommands({
      t,
      queues: work.desk.queues,
      view: search,
      change,
      refresh,
      mark: () => {
        const item = items[rows.current?.current() ?? -1]
        if (item) select([item.number], !selected.has(item.number))
      },
      step: (by) => {
        const at = rows.current?.current() ?? -1
        if (by > 0 && at === items.length - 1 && list.hasNextPage) void list.fetchNextPage()
        rows.current?.focus(Math.max(0, at + by))
      },
      copy,
      take: () => work.line && selected.size > 0 && assign(me.id),
    }),
  )
  const title = work.desk.queues.find((queue) => queue.key === view.queue)?.title ?? t('list.title')
  return (
    <div className="console__list">
      <nav className="queues" aria-label={t('queues.label')}>
        <Button variant="default" className="queues__toggle" size="compact-sm" aria-expanded={places} onClick={() => setPlaces(!places)}>
          {t('queues.toggle')}
        </Button>
        <div className="queues__all" data-open={places || undefined}>
          <Queues work={work} view={view} onDesk={(other) => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: { desk: other } })} />
          <Views work={work} view={search} />
        </div>
      </nav>
      <div className="console__main">
        <PageTitle>{title}</PageTitle>
        <Filters tenant={tenant} work={work} view={search} choices={choices} onChange={change} />
        <About view={search} first={items[0]} onAll={() => change({ order: undefined, direction: undefined, category: undefined })} onCopy={copy} />
        <div className="worklist__notes" role="status">
          {came.size > 0 && (
            <Button size="compact-md" variant="light" onClick={refresh}>
              {t('list.came', { count: came.size })}
            </Button>
          )}
        </div>
        {selected.size > 0 && (
          <Bulk tenant={tenant} work={work} me={me.id} count={selected.size} busy={assigning.isPending} onAssign={assign} onClear={() => setSelected(new Set())} />
        )}
        {list.error && <Failure error={list.error} />}
        {list.isPending && !list.error && <Waiting />}
        {list.data && items.length === 0 && <p className="nothing">{narrowed(search) ? t('list.empty') : t('list.empty_queue')}</p>}
        {items.length > 0 && (
          <Table
            rows={rows}
            old={list.isPlaceholderData}
            tenant={tenant}
            work={work}
            view={search}
            items={items}
            columns={columnsOf(search.columns, choices)}
            now={now}
            changed={changed}
            selected={selected}
            onSelect={select}
            onOrder={order}
          />
        )}
        {list.hasNextPage && (
          <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('list.more')}
          </Button>
        )}
      </div>
    </div>
  )
}

interface AboutProps {
  view: View
  first?: Item
  onAll: () => void
  onCopy: () => void
}

/** What the filters alone do not tell of the list: whose tickets it shows, and what its order leaves out. */
function About({ view, first, onAll, onCopy }: AboutProps) {
  const { t } = useTranslation('desk')
  return (
    <>
      {(view.requester || view.organisation) && (
        <p className="worklist__about">{view.requester ? t('list.of_requester', { name: first?.requester?.name ?? '' }) : t('list.of_organisation', { name: first?.organisation?.name ?? '' })}</p>
      )}
      {onlyOpen(view) && (
        <p className="worklist__about">
          {t('list.only_open')}{' '}
          <button type="button" className="link-button" onClick={onAll}>
            {t('list.all_again')}
          </button>
        </p>
      )}
      {view.assignee === 'me' && (
        <p className="worklist__about">
          <button type="button" className="link-button" onClick={onCopy}>
            {t('list.link_me')}
          </button>
        </p>
      )}
    </>
  )
}

/** The present minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
