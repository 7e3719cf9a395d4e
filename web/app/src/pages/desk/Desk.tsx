import '../../i18n/desk'
import './desk.css'

import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useHeard, useJoined } from '../../api/live'
import { notePerson } from '../../api/login'
import { desksQuery, queries, reread, useMe } from '../../api/queries'
import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { DashboardLink } from '../dashboard/DashboardLink'
import { CommandBar, openBar } from './CommandBar'
import { useCommands } from './commands'
import { PlaceContext, usePlace, worksOf } from './place'
import { turned, useSaid } from './say'

export { TicketList } from './list/TicketList'

const SignIn = lazy(async () => ({ default: (await import('../../shell/SignIn')).SignIn }))

/** The agents' console: who works here, the stream, the commands, and the page. */
export function Desk() {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant } = useParams({ from: '/t/$tenant/desk' })
  const me = useMe(tenant)
  const desks = useQuery({ ...desksQuery(tenant), enabled: Boolean(me.data), placeholderData: keepPreviousData })
  const works = useMemo(() => (me.data && desks.data ? worksOf(me.data, desks.data) : undefined), [me.data, desks.data])
  const error = me.error ?? desks.error
  if (me.data === null) {
    return (
      <div className="page page--narrow">
        <PageTitle>{main('login.title')}</PageTitle>
        <div className="box box--signin">
          <Suspense fallback={<Waiting />}>
            <SignIn
              tenant={tenant}
              onDone={(person) => {
                notePerson(tenant, person)
                queries.setQueryData([tenant, 'me'], person)
              }}
            />
          </Suspense>
        </div>
      </div>
    )
  }
  if (me.data && works?.length === 0) {
    return (
      <div className="page page--narrow">
        <PageTitle>{t('title')}</PageTitle>
        <p>{t('no_desks')}</p>
      </div>
    )
  }
  if (me.data && works) {
    return (
      <PlaceContext value={{ tenant, me: me.data, works }}>
        <Console />
      </PlaceContext>
    )
  }
  if (error) {
    return (
      <div className="page page--narrow">
        <PageTitle>{t('title')}</PageTitle>
        <Failure error={error} />
      </div>
    )
  }
  return <Waiting />
}

function Console() {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const [sheet, setSheet] = useState(false)
  const navigate = useNavigate()
  const joined = useJoined(tenant)
  const said = useSaid()
  const { pathname } = useLocation()
  useEffect(turned, [pathname])
  useHeard(tenant, (event) => void reread(event === 'reset' ? [tenant, 'ticket'] : [tenant, 'ticket', event.number]))
  useCommands(t('commands.everywhere'), [
    { id: 'list', title: t('commands.list'), key: 'KeyQ', run: () => void navigate({ to: '/t/$tenant/desk', params: { tenant } }) },
    { id: 'phone', title: t('commands.phone'), key: 'KeyT', run: () => void navigate({ to: '/t/$tenant/desk/phone', params: { tenant } }) },
    ...works.map(({ desk }) => ({
      id: `desk-${desk.slug}`,
      title: t('commands.desk', { desk: desk.title }),
      run: () => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: { desk: desk.slug } }),
    })),
    { id: 'sheet', title: t('sheet.title'), run: () => setSheet(true) },
  ])
  return (
    <div className="console">
      <div className="console__bar">
        <nav className="nav" aria-label={t('title')}>
          <Link to="/t/$tenant/desk" params={{ tenant }} activeOptions={{ exact: true, includeSearch: false }} className="nav__link">
            {t('nav.list')}
          </Link>
          <Link to="/t/$tenant/desk/phone" params={{ tenant }} className="nav__link">
            {t('nav.phone')}
          </Link>
          <DashboardLink tenant={tenant} />
        </nav>
        <p className="console__said" role="status" key={said.at}>
          {said.text}
        </p>
        <span className="console__live">{joined ? t('live.on') : t('live.off')}</span>
        <Button size="compact-sm" variant="default" onClick={openBar}>
          {t('bar.open')}
          <span className="keyhint">&nbsp;(Ctrl+K)</span>
        </Button>
        <Button size="compact-sm" variant="default" className="console__keys" onClick={() => setSheet(true)}>
          {t('sheet.open')}
        </Button>
      </div>
      <Outlet />
      <CommandBar sheet={sheet} onSheet={setSheet} />
    </div>
  )
}
