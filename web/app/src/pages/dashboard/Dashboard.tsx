import '../../i18n/dashboard'
import './dashboard.css'

import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { usePlace, type Work } from '../desk/place'
import { type Figures, figuresQuery, sum } from './data'
import { DayFigure } from './DayFigure'
import { KeyFigure } from './KeyFigure'
import { Numbers } from './Numbers'
import { type DashboardSearch, periodOf, todayIn } from './period'
import { PeriodChoice } from './PeriodChoice'

/** What still has to be done, as a filter of the list. */
export const unfinished = 'new,open,waiting'

/** A desk's figures: what came and was closed, and what is open, each as a chart and as a table. */
export function Dashboard() {
  const { t } = useTranslation('dashboard')
  const { works } = usePlace()
  const seen = works.filter((work) => work.administrator || work.line?.sees === 'desk')
  const search = useSearch({ from: '/t/$tenant/desk/dashboard' })
  const work = seen.find((one) => one.desk.slug === search.desk) ?? seen[0]
  if (!work) {
    return (
      <div className="dash">
        <PageTitle>{t('title')}</PageTitle>
        <p>{t('not_whole')}</p>
      </div>
    )
  }
  return <DeskFigures work={work} works={seen} search={search} />
}

interface Props {
  work: Work
  works: Work[]
  search: DashboardSearch
}

function DeskFigures({ work, works, search }: Props) {
  const { t } = useTranslation('dashboard')
  const { tenant } = usePlace()
  const navigate = useNavigate()
  const { desk } = work
  const today = todayIn(desk.time_zone, new Date())
  const figures = useQuery(figuresQuery(tenant, desk.slug, periodOf(search, today), search.by))
  const change = (part: DashboardSearch) =>
    void navigate({ to: '/t/$tenant/desk/dashboard', params: { tenant }, search: { ...search, ...part }, replace: true, resetScroll: false })
  return (
    <div className="dash">
      <PageTitle text={`${t('title')}: ${desk.title}`}>
        {t('title')}: {desk.title}
      </PageTitle>
      <div className="dash__head">
        {works.length > 1 && (
          <NativeSelect
            label={t('desk')}
            value={desk.slug}
            onChange={(event) => change({ desk: event.currentTarget.value, by: undefined })}
            data={works.map((one) => ({ value: one.desk.slug, label: one.desk.title }))}
          />
        )}
        <PeriodChoice search={search} today={today} onChange={change} />
      </div>
      {figures.error && <Failure error={figures.error} />}
      {figures.isPending && !figures.error && <Waiting />}
      {figures.data && <All figures={figures.data} work={work} search={search} onChange={change} busy={figures.isPlaceholderData} />}
    </div>
  )
}

interface AllProps {
  figures: Figures
  work: Work
  search: DashboardSearch
  onChange: (part: DashboardSearch) => void
  busy: boolean
}

function All({ figures, work: { desk }, search, onChange, busy }: AllProps) {
  const { t } = useTranslation('dashboard')
  const categoryOf = (key: string) => desk.statuses.find((status) => status.key === key)?.category
  const never = figures.by_day.every((day) => day.filed === 0 && day.closed === 0) && sum(figures.open_by_status) === 0
  const chosen = figures.open_by_field
  const open = { desk: desk.slug, category: unfinished }
  return (
    <div aria-busy={busy}>
      <Numbers figures={figures} desk={desk.slug} />
      {never ? (
        <p className="nothing">{t('nothing')}</p>
      ) : (
        <>
          <DayFigure figures={figures} />
          <p className="dash__now">{t('now')}</p>
          <div className="dash__figures">
            <KeyFigure name="status" title={t('by_status')} column={t('status')} counts={figures.open_by_status} categoryOf={categoryOf} filter={(key) => ({ desk: desk.slug, status: key })} />
            <KeyFigure name="line" title={t('by_line')} column={t('line')} counts={figures.open_by_line} filter={(key) => ({ ...open, line: key })} />
            <KeyFigure name="queue" title={t('by_queue')} column={t('queue')} counts={figures.open_by_queue} filter={(key) => ({ ...open, queue: key })} />
            <KeyFigure name="age" title={t('by_age')} column={t('age')} counts={figures.age.map(({ key, count }) => ({ key, count, title: t(`ages.${key}`) }))} />
            {figures.open_by_form.length > 1 && <KeyFigure name="form" title={t('by_form')} column={t('form')} counts={figures.open_by_form} />}
            {figures.choices.length > 0 && (
              <KeyFigure
                name="field"
                title={chosen ? t('by_field', { field: chosen.title }) : t('by_some_field')}
                column={chosen?.title ?? t('value')}
                counts={chosen?.values ?? []}
                empty={chosen ? t('none_open') : t('choose_field')}
                above={
                  <NativeSelect
                    label={t('field')}
                    value={search.by ?? ''}
                    onChange={(event) => onChange({ by: event.currentTarget.value || undefined })}
                    data={[{ value: '', label: t('field_none') }, ...figures.choices.map((choice) => ({ value: choice.pointer, label: choice.title }))]}
                  />
                }
              />
            )}
          </div>
        </>
      )}
    </div>
  )
}
