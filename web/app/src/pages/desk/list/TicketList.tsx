import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { queries } from '../../../api/queries'
import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { useCommands } from '../commands'
import { useHeard } from '../live'
import { usePlace } from '../place'
import { say } from '../say'
import { assignAll } from './assign'
import { Filters } from './Filters'
import { Queues } from './Queues'
import { Row } from './Row'
import { listQuery } from './tickets'
import { lastOpened, noteList } from './trail'
import type { View } from './view'

/** Above this many rows only those in sight are drawn. */
const drawAll = 200
const rowHeight = 53

/** The queue of a day: tickets of one desk by the view in the address. */
export function TicketList() {
  const { t } = useTranslation('desk')
  const { tenant, me, works } = usePlace()
  const search = useSearch({ from: '/t/$tenant/desk/' })
  const navigate = useNavigate()
  const work = works.find((one) => one.desk.slug === search.desk) ?? works[0]!
  const view = useMemo<View>(() => ({ ...search, desk: work.desk.slug }), [search, work.desk.slug])
  const list = useInfiniteQuery(listQuery(tenant, view))
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const now = useNow()

  const change = (part: View) =>
    void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: { ...search, ...part }, replace: true, resetScroll: false })
  const refresh = () => {
    setChanged(new Set())
    void list.refetch()
    void queries.invalidateQueries({ queryKey: [tenant, 'waiting'] })
  }
  useEffect(() => {
    noteList(items.map((item) => item.number), search)
  }, [items, search])
  useEffect(() => {
    setChanged(new Set())
    setSelected(new Set())
  }, [view])
  // What is on the screen stays where it is; that it changed is marked, and sorting waits to be asked for.
  useHeard((heard) => setChanged((all) => new Set(all).add(heard?.number ?? '')))

  const body = useRef<HTMLTableSectionElement>(null)
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: 20,
    scrollMargin: body.current?.offsetTop ?? 0,
    enabled: items.length > drawAll,
  })
  const drawn = items.length > drawAll ? virtual.getVirtualItems().map((one) => one.index) : items.map((_, i) => i)
  const first = drawn[0] ?? 0
  const last = drawn.at(-1) ?? -1

  const focusRow = (index: number) => {
    const target = Math.max(0, Math.min(items.length - 1, index))
    const find = () => body.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)
    if (!find()) virtual.scrollToIndex(target)
    requestAnimationFrame(() => find()?.focus())
  }
  const current = () => {
    const row = document.activeElement?.closest('tr')?.querySelector('[data-row]')
    return row ? Number(row.getAttribute('data-row')) : -1
  }
  const select = (number: string, on: boolean) =>
    setSelected((all) => {
      const next = new Set(all)
      if (on) next.add(number)
      else next.delete(number)
      return next
    })
  // Coming back from a ticket, one stands where one left.
  const returned = useRef(false)
  useEffect(() => {
    if (returned.current || items.length === 0) return
    returned.current = true
    const at = items.findIndex((item) => item.number === lastOpened())
    if (at >= 0) focusRow(at)
  })

  const assign = useMutation({
    mutationFn: (assignee: string | null) => assignAll(tenant, [...selected], assignee),
    onSuccess: ({ done, failed }) => {
      say(failed.length === 0 ? t('list.assigned', { count: done }) : t('list.assigned_not', { numbers: failed.join(', ') }))
      setSelected(new Set(failed))
      refresh()
    },
  })
  const queueAt = (index: number) => work.desk.queues[index]?.key
  useCommands(t('commands.here'), [
    { id: 'down', title: t('list.down'), key: 'KeyJ', run: () => focusRow(current() + 1), keyOnly: true },
    { id: 'up', title: t('list.up'), key: 'KeyK', run: () => focusRow(Math.max(0, current() - 1)), keyOnly: true },
    {
      id: 'mark',
      title: t('list.mark'),
      key: 'KeyX',
      keyOnly: true,
      run: () => {
        const item = items[current()]
        if (item) select(item.number, !selected.has(item.number))
      },
    },
    { id: 'refresh', title: t('list.refresh'), key: 'KeyR', run: refresh },
    { id: 'find', title: t('list.find'), key: 'Slash', run: () => document.getElementById('desk-search')?.focus() },
    { id: 'unread', title: t('list.toggle_unread'), key: 'KeyU', run: () => change({ unread: search.unread ? undefined : true }) },
    { id: 'mine', title: t('list.toggle_mine'), key: 'KeyM', run: () => change({ assignee: search.assignee === 'me' ? undefined : 'me' }) },
    { id: 'free', title: t('list.toggle_free'), key: 'KeyN', run: () => change({ assignee: search.assignee === 'none' ? undefined : 'none' }) },
    { id: 'take', title: t('list.take'), key: 'KeyI', run: () => selected.size > 0 && assign.mutate(me.id) },
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => {
      const key = queueAt(digit - 1)
      return key === undefined
        ? []
        : [{ id: `queue-${key}`, title: t('list.queue', { queue: work.desk.queues[digit - 1]?.title }), key: `Digit${digit}`, run: () => change({ queue: key }) }]
    }),
    { id: 'queue-all', title: t('queues.all'), key: 'Digit0', run: () => change({ queue: undefined }) },
  ])

  const waiting = changed.size
  return (
    <div className="console__list">
      <Queues work={work} view={view} onDesk={(desk) => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: { desk } })} />
      <div className="console__main">
        <PageTitle>{work.desk.queues.find((queue) => queue.key === view.queue)?.title ?? t('list.title')}</PageTitle>
        <Filters work={work} view={search} onChange={change} />
        <div className="worklist__notes" role="status">
          {waiting > 0 && (
            <Button size="compact-md" variant="light" onClick={refresh}>
              {changed.has('') ? t('list.stale') : t('list.news', { count: waiting })}
            </Button>
          )}
        </div>
        {selected.size > 0 && (
          <div className="worklist__bulk">
            <span>{t('list.selected', { count: selected.size })}</span>
            <Button size="compact-md" loading={assign.isPending} onClick={() => assign.mutate(me.id)}>
              {t('assign.me')}
            </Button>
            <Button size="compact-md" variant="default" onClick={() => assign.mutate(null)}>
              {t('assign.none')}
            </Button>
            <Button size="compact-md" variant="subtle" onClick={() => setSelected(new Set())}>
              {t('list.unselect')}
            </Button>
          </div>
        )}
        {list.error && !list.data && <Failure error={list.error} />}
        {list.isPending && !list.error && <Waiting />}
        {list.data && items.length === 0 && <p className="nothing">{t('list.empty')}</p>}
        {items.length > 0 && (
          <table className="worklist">
            <caption className="visually-hidden">{t('list.caption')}</caption>
            <thead>
              <tr>
                <th scope="col" className="row-ticket__check">
                  <span className="visually-hidden">{t('list.column_select')}</span>
                </th>
                <th scope="col">{t('list.column_number')}</th>
                <th scope="col">{t('list.column_subject')}</th>
                <th scope="col">{t('list.column_status')}</th>
                <th scope="col">{t('list.column_assignee')}</th>
                <th scope="col">{t('list.column_due')}</th>
                <th scope="col">{t('list.column_at')}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {first > 0 && <tr aria-hidden style={{ height: first * rowHeight }} />}
              {drawn.map((index) => {
                const item = items[index]
                return (
                  item && (
                    <Row
                      key={item.number}
                      tenant={tenant}
                      item={item}
                      work={work}
                      index={index}
                      now={now}
                      changed={changed.has(item.number)}
                      selected={selected.has(item.number)}
                      onSelect={(on) => select(item.number, on)}
                    />
                  )
                )
              })}
              {last < items.length - 1 && <tr aria-hidden style={{ height: (items.length - 1 - last) * rowHeight }} />}
            </tbody>
          </table>
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

/** The present minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
