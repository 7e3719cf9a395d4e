import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { useNow } from '../../ui/edit/now'
import { distance, instant, spoken } from '../../ui/format'
import { StatusMark } from '../desk/StatusMark'

interface Props {
  tenant: string
  item: Schemas['ListItem']
  zone: string
  children?: ReactNode
}

/** A ticket as it is read out to the caller: the number in groups, the status and what it means, the deadline. */
export function Readout({ tenant, item, zone, children }: Props) {
  const { t } = useTranslation('desk')
  const now = useNow()
  return (
    <li>
      <p className="calls__head">
        <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: item.number }} className="strong tabular">
          {item.number}
        </Link>
        <span className="calls__spoken">{spoken(item.number)}</span>
        <StatusMark status={item.status} />
      </p>
      <p>{item.subject}</p>
      {item.status.help && <p className="dim">{item.status.help}</p>}
      {item.deadline?.due_at && item.status.category !== 'done' && <p>{t('phone.due', { at: instant(item.deadline.due_at, zone) })}</p>}
      {item.updated_at && <p className="dim">{t('phone.updated', { when: distance(item.updated_at, now) })}</p>}
      {children}
    </li>
  )
}
