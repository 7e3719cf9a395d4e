import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { instant, distance } from '../../../ui/format'
import { titleOf, type Work } from '../place'
import { StatusMark } from '../StatusMark'
import { noteOpened } from './trail'

interface Props {
  tenant: string
  item: Schemas['ListItem']
  work: Work
  index: number
  now: number
  changed: boolean
  selected: boolean
  onSelect: (on: boolean) => void
}

/** A ticket in the list: the whole row is one link. */
export function Row({ tenant, item, work: { desk }, index, now, changed, selected, onSelect }: Props) {
  const { t } = useTranslation('desk')
  const late = item.deadline?.due_at !== undefined && item.status.category !== 'done' && Date.parse(item.deadline.due_at) < now
  const who = [item.requester?.name, item.organisation?.name].filter(Boolean).join(', ')
  return (
    <tr className="row-ticket" data-unread={item.unread || undefined} data-selected={selected || undefined}>
      <td className="row-ticket__check">
        <input type="checkbox" checked={selected} onChange={(event) => onSelect(event.currentTarget.checked)} aria-label={t('list.select', { number: item.number })} tabIndex={-1} />
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
          onClick={() => noteOpened(item.number)}
          title={item.subject}
        >
          {item.subject}
        </Link>
        <span className="row-ticket__who" title={who}>
          {who}
        </span>
      </td>
      <td className="row-ticket__status">
        <StatusMark status={item.status} />
        {item.priority && item.priority !== 'normal' && (
          <span className="row-ticket__priority" data-high={item.priority === 'high' || item.priority === 'critical' || undefined}>
            {t('list.priority', { title: titleOf(desk.priorities, item.priority) })}
          </span>
        )}
        {changed && <span className="changed">{t('list.changed')}</span>}
      </td>
      <td className="row-ticket__assignee">{item.assignee?.name ?? <span className="dim">{t('list.nobody')}</span>}</td>
      <td className="row-ticket__due tabular" data-late={late || undefined}>
        {item.deadline?.due_at && (
          <time dateTime={item.deadline.due_at} title={instant(item.deadline.due_at, desk.time_zone)}>
            {late ? t('list.late', { when: distance(item.deadline.due_at, now) }) : distance(item.deadline.due_at, now)}
          </time>
        )}
      </td>
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
