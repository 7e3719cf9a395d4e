import '@mantine/charts/styles.layer.css'

import { LineChart } from '@mantine/charts'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { zoneName } from '../../ui/zone'
import type { Figures } from './data'

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(language(), { ...options, timeZone: 'UTC' })
  return (day: string) => format.format(new Date(`${day}T00:00:00Z`))
}

/** What was filed and closed on each day. */
export function DayFigure({ figures }: { figures: Figures }) {
  const { t } = useTranslation('dashboard')
  const short = dayFormat({ day: 'numeric', month: 'short' })
  const long = dayFormat({ day: 'numeric', month: 'long', year: 'numeric', weekday: 'short' })
  const days = figures.by_day.map((day) => ({ ...day, day: short(day.date) }))
  return (
    <figure className="figure" aria-labelledby="figure-days">
      <figcaption>
        <h2 id="figure-days">{t('by_day')}</h2>
        <p className="faint">{t('days_of', { zone: zoneName(figures.time_zone || 'UTC') })}</p>
      </figcaption>
      <div role="img" aria-label={t('days_chart')}>
        <LineChart
          h={260}
          data={days}
          dataKey="day"
          // The two differ by their lines, not by colour alone.
          series={[
            { name: 'filed', label: t('filed_short'), color: 'var(--hue-accent)' },
            { name: 'closed', label: t('closed_dashed'), color: 'var(--hue-done)', strokeDasharray: '6 4' },
          ]}
          withLegend
          withDots={days.length <= 31}
          curveType="linear"
          accessibilityLayer={false}
          yAxisProps={{ allowDecimals: false, width: 44 }}
          xAxisProps={{ minTickGap: 24 }}
        />
      </div>
      <details className="figure__table">
        <summary>{t('as_table')}</summary>
        <div className="figure__scroll" tabIndex={0} role="region" aria-label={t('by_day')}>
          <table>
            <caption>{t('by_day')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('day')}</th>
                <th scope="col">{t('filed_short')}</th>
                <th scope="col">{t('closed_short')}</th>
              </tr>
            </thead>
            <tbody>
              {[...figures.by_day].reverse().map((day) => (
                <tr key={day.date}>
                  <th scope="row">{long(day.date)}</th>
                  <td>{day.filed}</td>
                  <td>{day.closed}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
