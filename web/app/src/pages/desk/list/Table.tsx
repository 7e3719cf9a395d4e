import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Work } from '../place'
import type { Column } from './columns'
import { Heading } from './Heading'
import { Row } from './Row'
import type { Item } from './tickets'
import type { Order, View } from './view'

/** Above this many rows only those in sight are drawn. */
const drawAll = 200
const rowHeight = 53

/** What the page around asks of the rows. */
export interface Rows {
  focus: (index: number) => void
  /** The row that has the focus, or -1. */
  current: () => number
}

interface Props {
  rows: Ref<Rows>
  /** Whether these rows are of the view before, while this one is read. */
  old: boolean
  tenant: string
  work: Work
  view: View
  items: Item[]
  columns: Column[]
  now: number
  changed: ReadonlySet<string>
  selected: ReadonlySet<string>
  onSelect: (numbers: string[], on: boolean) => void
  onOrder: (order: Order) => void
}

/** The rows of the list; one of them is the stop of the Tab key, arrows go on from there. */
export function Table({ rows, old, tenant, work, view, items, columns, now, changed, selected, onSelect, onOrder }: Props) {
  const { t } = useTranslation('desk')
  const body = useRef<HTMLTableSectionElement>(null)
  const [stop, setStop] = useState('')
  const many = items.length > drawAll
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: 20,
    scrollMargin: useTop(body, items.length > 0),
    getItemKey: (index) => items[index]?.number ?? index,
    enabled: many,
  })
  const drawn = many ? virtual.getVirtualItems() : []
  const above = many && drawn[0] ? drawn[0].start - virtual.options.scrollMargin : 0
  const below = many && drawn.length > 0 ? virtual.getTotalSize() - ((drawn.at(-1)?.end ?? 0) - virtual.options.scrollMargin) : 0
  const shown = many ? drawn.map((one) => one.index) : items.map((_, i) => i)
  // The row that was left may have gone meanwhile: the first is the stop then.
  const at = Math.max(0, items.findIndex((item) => item.number === stop))

  const focus = (index: number) => {
    const target = Math.max(0, Math.min(items.length - 1, index))
    const find = () => body.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)
    setStop(items[target]?.number ?? '')
    const drawnRow = find()
    if (drawnRow) return drawnRow.focus()
    virtual.scrollToIndex(target)
    requestAnimationFrame(() => find()?.focus())
  }
  const current = () => {
    const row = document.activeElement?.closest('tr')?.querySelector('[data-row]')
    return row ? Number(row.getAttribute('data-row')) : -1
  }
  useImperativeHandle(rows, () => ({ focus, current }))
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: current() + 1, ArrowUp: current() - 1, Home: 0, End: items.length - 1, PageDown: current() + 10, PageUp: current() - 10 }
    const target = steps[event.key]
    if (target === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    focus(target)
  }
  const filler = (height: number) => height > 0 && <tr aria-hidden className="row-filler" style={{ height }} />
  const widest = Math.max(...items.map(({ number }) => widthOf(number)))
  const due = work.desk.deadlines.length > 0 || items.some((item) => item.deadline?.due_at)
  const all = items.length > 0 && items.every((item) => selected.has(item.number))
  return (
    <div className="scroll worklist__scroll" data-wide={columns.length > 1 || undefined} data-old={old || undefined} aria-busy={old || undefined}>
      <table className="worklist" aria-rowcount={items.length + 1} data-columns={columns.length} style={{ '--number': widest } as CSSProperties}>
        <caption className="visually-hidden">{t(`list.caption_${view.order ?? 'updated'}`)}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className="row-ticket__check">
              <input
                type="checkbox"
                aria-label={t('list.select_all')}
                checked={all}
                onChange={(event) => onSelect(items.map((item) => item.number), event.currentTarget.checked)}
              />
            </th>
            <Heading className="col-number" title={t('list.column_number')} order="created" view={view} onOrder={onOrder} />
            <Heading className="col-subject" title={t('list.column_subject')} />
            <Heading className="col-status" title={t('list.column_status')} />
            {columns.map((column) => (
              <Heading key={column.pointer} className="col-own" title={column.title} />
            ))}
            <Heading className="col-assignee" title={t('list.column_assignee')} />
            {due && (
              <Heading className="col-due" title={t('list.column_due')} order="deadline" view={view} onOrder={onOrder} />
            )}
            <Heading className="col-at" title={t('list.column_at')} order="updated" view={view} onOrder={onOrder} />
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={keys}>
          {filler(above)}
          {shown.map((index) => {
            const item = items[index]
            return (
              item && (
                <Row
                  key={item.number}
                  measure={many ? virtual.measureElement : undefined}
                  tenant={tenant}
                  item={item}
                  work={work}
                  columns={columns}
                  due={due}
                  index={index}
                  now={now}
                  changed={changed.has(item.number)}
                  selected={selected.has(item.number)}
                  stop={index === at}
                  onSelect={(on) => onSelect([item.number], on)}
                  onFocus={() => setStop(item.number)}
                />
              )
            )
          })}
          {filler(below)}
        </tbody>
      </table>
    </div>
  )
}

/** How much room a number takes, in digits: capitals are wider. */
const widthOf = (number: string) => number.length + 0.5 * number.replaceAll(/[^\p{L}]/gu, '').length

/** How far from the top of the page the rows begin. */
function useTop(body: { current: HTMLElement | null }, there: boolean): number {
  const [top, setTop] = useState(0)
  useEffect(() => {
    const element = body.current
    if (!element) return undefined
    const measure = () => setTop(Math.round(element.getBoundingClientRect().top + window.scrollY))
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(document.body)
    return () => watch.disconnect()
  }, [body, there])
  return top
}
