import '@mantine/charts/styles.layer.css'

import { BarChart } from '@mantine/charts'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Category, View } from '../desk/list/view'
import { usePlace } from '../desk/place'
import type { Count } from './data'

interface Props {
  name: string
  title: string
  /** What the keys are. */
  column: string
  counts: Count[]
  /** The list behind a number, where it can be filtered so. */
  filter?: (key: string) => View
  categoryOf?: (key: string) => Category | undefined
  above?: ReactNode
  empty?: string
}

/** So many bars can be read; the table has all. */
const mostBars = 12
const rowHeight = 34

/** Counts by key: bars, and beside them the same as a table. */
export function KeyFigure({ name, title, column, counts, filter, categoryOf, above, empty }: Props) {
  const { t } = useTranslation('dashboard')
  const [all, setAll] = useState(false)
  const bars = counts.slice(0, mostBars).map(({ key, title: label, count }) => {
    const category = categoryOf?.(key)
    return { label, count, color: category ? `var(--hue-${category})` : 'var(--hue-accent)' }
  })
  const shown = all ? counts : counts.slice(0, mostBars)
  return (
    <figure className="figure" aria-labelledby={`figure-${name}`}>
      <figcaption>
        <h2 id={`figure-${name}`}>{title}</h2>
      </figcaption>
      {above}
      {counts.length === 0 ? (
        <p>{empty ?? t('none_open')}</p>
      ) : (
        <div className="figure__pair">
          <div role="img" aria-label={t('bars_of', { title })}>
            <BarChart
              h={bars.length * rowHeight + 30}
              data={bars}
              dataKey="label"
              orientation="vertical"
              series={[{ name: 'count', label: t('tickets'), color: 'var(--hue-accent)' }]}
              gridAxis="none"
              withXAxis={false}
              withBarValueLabel
              valueFormatter={String}
              accessibilityLayer={false}
              maxBarWidth={20}
              barChartProps={{ margin: { right: 40 } }}
              yAxisProps={{ width: 150, interval: 0 }}
            />
          </div>
          <div>
            <table>
              <caption>{title}</caption>
              <thead>
                <tr>
                  <th scope="col">{column}</th>
                  <th scope="col">{t('tickets')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((one) => (
                  <tr key={one.key}>
                    <th scope="row">{one.title}</th>
                    <td>{filter && one.key !== '' ? <Behind filter={filter(one.key)} title={one.title} count={one.count} /> : one.count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {counts.length > mostBars && (
              <button type="button" className="link-button" onClick={() => setAll(!all)}>
                {all ? t('fewer') : t('all_rows', { count: counts.length })}
              </button>
            )}
          </div>
        </div>
      )}
    </figure>
  )
}

function Behind({ filter, title, count }: { filter: View; title: string; count: number }) {
  const { t } = useTranslation('dashboard')
  const { tenant } = usePlace()
  return (
    <Link to="/t/$tenant/desk" params={{ tenant }} search={filter} aria-label={t('behind', { title, number: count })}>
      {count}
    </Link>
  )
}
