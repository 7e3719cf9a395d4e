import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { usePlace, type Work } from '../place'
import { type Count, countOf } from './counts'
import { countsQuery } from './tickets'
import { narrowed, openOnes, type View } from './view'

interface Props {
  work: Work
  view: View
  onDesk: (slug: string) => void
}

/** The desk and its queues, each with how many tickets wait in it. */
export function Queues({ work, view, onDesk }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const { desk } = work
  const counts = useQuery(countsQuery(tenant, desk.slug)).data
  const base: View = works.length > 1 ? { desk: desk.slug } : {}
  const count = (queue?: string) => counts && countOf(counts, desk.statuses, queue)
  const whole = count()
  const free = view.assignee === 'none' && !view.queue
  // Each count is of what its list shows: of what is not closed.
  const open = !view.queue && !view.assignee && view.category === openOnes
  const mine = view.assignee === 'me' && !view.queue
  return (
    <>
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
        <Place search={{ ...base, category: openOnes }} title={t('queues.open')} count={whole} current={open} />
        <Place search={base} title={t('queues.all')} current={!view.queue && !narrowed(view)} />
        <Place search={{ ...base, assignee: 'me', category: openOnes }} title={t('queues.mine')} current={mine} />
        <Place
          search={{ ...base, assignee: 'none', category: openOnes }}
          title={t('queues.free')}
          count={whole && { open: whole.free, fresh: 0, free: whole.free }}
          current={free}
        />
      </ul>
      <h2 className="queues__title">{t('queues.label')}</h2>
      <ul>
        {desk.queues.map((queue) => (
          <Place key={queue.key} search={{ ...base, queue: queue.key, category: openOnes }} title={queue.title} count={count(queue.key)} current={view.queue === queue.key} />
        ))}
      </ul>
    </>
  )
}

const exactly = { exact: true, includeSearch: true }

function Place({ search, title, count, current }: { search: View; title: string; count?: Count; current: boolean }) {
  const { t } = useTranslation('desk')
  const { tenant } = usePlace()
  return (
    <li>
      <Link to="/t/$tenant/desk" params={{ tenant }} search={search} className="queues__link" activeOptions={exactly} data-current={current || undefined} aria-current={current ? 'true' : undefined}>
        <span>{title}</span>
        {count && count.open > 0 && (
          <span className="queues__count" title={t('queues.count', { open: count.open, fresh: count.fresh })}>
            <span aria-hidden>
              {count.fresh > 0 && <span className="queues__fresh">{count.fresh}</span>}
              {count.open}
            </span>
            <span className="visually-hidden">{t('queues.count', { open: count.open, fresh: count.fresh })}</span>
          </span>
        )}
      </Link>
    </li>
  )
}
