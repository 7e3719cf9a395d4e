import { Link } from '@tanstack/react-router'
import { type Ref } from 'react'
import { useTranslation } from 'react-i18next'

import { distance, instant } from '../../../ui/format'
import { titleOf, type Work } from '../place'
import { StatusMark } from '../StatusMark'
import type { Column } from './columns'
import type { Item } from './tickets'
import { noteOpened } from './trail'

interface Props {
  tenant: string
  item: Item
  work: Work
  columns: Column[]
  /** Whether the list has a column of deadlines. */
  due: boolean
  index: number
  now: number
  changed: boolean
  selected: boolean
  /** Whether Tab comes to this row; arrows and letters go on from here. */
  stop: boolean
  onSelect: (on: boolean) => void
  onFocus: () => void
  measure?: Ref<HTMLTableRowElement>
}

/** A ticket in the list: the whole row is one link. */
export function Row({ tenant, item, work: { desk }, columns, due, index, now, changed, selected, stop, onSelect, onFocus, measure }: Props) {
  const { t } = useTranslation('desk')
  const done = item.status.category === 'done'
  const late = item.deadline?.due_at !== undefined && !done && Date.parse(item.deadline.due_at) < now
  const raised = item.priority !== undefined && item.priority !== 'normal'
  const who = [item.requester?.name, item.organisation?.name].filter(Boolean).join(', ')
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className="row-ticket"
      data-unread={item.unread || undefined}
      data-selected={selected || undefined}
      data-done={done || undefined}
      onFocus={onFocus}
    >
      <td className="row-ticket__check">
        <input
          type="checkbox"
          checked={selected}
          onChange={(event) => onSelect(event.currentTarget.checked)}
          aria-label={t('list.select', { number: item.number })}
          tabIndex={stop ? 0 : -1}
        />
      </td>
      <td className="row-ticket__number tabular">
        {item.unread && (
          <span className="fresh" title={t('list.unread')}>
            <span className="visually-hidden">{t('list.unread')} </span>
          </span>
        )}
        {item.number}
      </td>
      <td className="row-ticket__subject">
        <Link
          to="/t/$tenant/desk/tickets/$number"
          params={{ tenant, number: item.number }}
          className="row-ticket__link"
          data-row={index}
          preload={false}
          tabIndex={stop ? 0 : -1}
          onClick={() => noteOpened(item.number)}
          title={item.subject}
        >
          {item.subject}
        </Link>
        <span className="row-ticket__who" title={who}>
          {changed && <span className="changed">{t('list.changed')}</span>}
          {who}
        </span>
      </td>
      <td className="row-ticket__status" data-priority={raised || undefined}>
        <StatusMark status={item.status} />
        {raised && (
          <span className="row-ticket__priority" data-high={item.priority === 'high' || item.priority === 'critical' || undefined}>
            <span className="visually-hidden">{t('list.column_priority')} </span>
            {titleOf(desk.priorities, item.priority)}
          </span>
        )}
      </td>
      {columns.map((column) => {
        const text = column.of(item)
        return (
          <td key={column.pointer} className="row-ticket__own" data-label={column.title} title={text}>
            <span>{text}</span>
          </td>
        )
      })}
      <td className="row-ticket__assignee" title={item.assignee?.name}>
        <span>{item.assignee?.name ?? <span className="dim">{t('list.nobody')}</span>}</span>
      </td>
      {due && (
        <td className="row-ticket__due tabular" data-late={late || undefined}>
          {item.deadline?.due_at && !done && (
            <time dateTime={item.deadline.due_at} title={instant(item.deadline.due_at, desk.time_zone)}>
              {late ? t('list.late', { when: distance(item.deadline.due_at, now) }) : distance(item.deadline.due_at, now)}
            </time>
          )}
        </td>
      )}
      <td className="row-ticket__at tabular">
        {item.updated_at && (
          <time dateTime={item.updated_at} title={instant(item.updated_at, desk.time_zone)}>
            {distance(item.updated_at, now)}
          </time>
        )}
      </td>
    </tr>
  )
}
