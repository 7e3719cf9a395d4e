import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { usePlace } from '../desk/place'
import { unfinished } from './Dashboard'
import { type Figures, sum } from './data'
import { lasting } from './lasting'

/** The figures that are one number each. */
export function Numbers({ figures, desk }: { figures: Figures; desk: string }) {
  const { t } = useTranslation('dashboard')
  const { tenant } = usePlace()
  const number = (value: number) => new Intl.NumberFormat(language()).format(value)
  const filed = figures.by_day.reduce((total, day) => total + day.filed, 0)
  const closed = figures.by_day.reduce((total, day) => total + day.closed, 0)
  const none = t('not_enough')
  const rows: { name: string; value: ReactNode }[] = [
    { name: t('filed'), value: number(filed) },
    { name: t('closed'), value: number(closed) },
    {
      name: t('open'),
      value: (
        <Link to="/t/$tenant/desk" params={{ tenant }} search={{ desk, category: unfinished }}>
          {number(sum(figures.open_by_status))}
        </Link>
      ),
    },
    { name: t('first_answer'), value: figures.first_answer_median_seconds === undefined ? none : lasting(figures.first_answer_median_seconds) },
    { name: t('closure'), value: figures.closure_median_seconds === undefined ? none : lasting(figures.closure_median_seconds) },
    {
      name: t('oldest'),
      value: figures.oldest ? (
        <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: figures.oldest }}>
          {figures.oldest}
        </Link>
      ) : (
        none
      ),
    },
  ]
  return (
    <dl className="numbers">
      {rows.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
