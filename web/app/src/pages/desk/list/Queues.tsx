import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { usePlace, type Work } from '../place'
import { newInQueue } from './tickets'
import type { View } from './view'

interface Props {
  work: Work
  view: View
  onDesk: (slug: string) => void
}

/** The desk and its queues, each with how many new tickets wait in it. */
export function Queues({ work, view, onDesk }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const { desk } = work
  const base = works.length > 1 ? { desk: desk.slug } : {}
  return (
    <nav className="queues" aria-label={t('queues.label')}>
      {works.length > 1 && (
        <NativeSelect
          label={t('queues.desk')}
          value={desk.slug}
          onChange={(event) => onDesk(event.currentTarget.value)}
          data={works.map((one) => ({ value: one.desk.slug, label: one.desk.title }))}
          mb="sm"
        />
      )}
      {works.length === 1 && <p className="queues__desk">{desk.title}</p>}
      {work.line && <p className="queues__line">{t('queues.my_line', { line: work.line.title })}</p>}
      <ul>
        <li>
          <Link to="/t/$tenant/desk" params={{ tenant }} search={base} className="queues__link" data-current={!view.queue || undefined} aria-current={view.queue ? undefined : 'true'}>
            {t('queues.all')}
          </Link>
        </li>
        {desk.queues.map((queue) => (
          <li key={queue.key}>
            <Queue tenant={tenant} desk={desk.slug} queue={queue} current={view.queue === queue.key} base={base} />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Queue({ tenant, desk, queue, current, base }: { tenant: string; desk: string; queue: Schemas['QueueView']; current: boolean; base: View }) {
  const { t } = useTranslation('desk')
  const waiting = useQuery(newInQueue(tenant, desk, queue.key)).data
  return (
    <Link
      to="/t/$tenant/desk"
      params={{ tenant }}
      search={{ ...base, queue: queue.key }}
      className="queues__link"
      data-current={current || undefined}
      aria-current={current ? 'true' : undefined}
    >
      <span>{queue.title}</span>
      {waiting && waiting.count > 0 && (
        <span className="queues__count">
          <span className="visually-hidden">{t('queues.new')} </span>
          {waiting.more ? `${waiting.count}+` : waiting.count}
        </span>
      )}
    </Link>
  )
}
