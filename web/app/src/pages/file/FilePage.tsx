import { Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { notePerson } from '../../api/login'
import { ApiError } from '../../api/problem'
import { desksQuery, formQuery, queries, ticketQuery, useMe } from '../../api/queries'
import { anonymous } from '../../form/draft'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { FilingForm } from './FilingForm'

const loadSent = () => import('./Sent')
const Sent = lazy(async () => ({ default: (await loadSent()).Sent }))
const SignIn = lazy(async () => ({ default: (await import('../../shell/SignIn')).SignIn }))

/** A form of a desk, to be filled and sent. */
export function FilePage() {
  const { tenant, desk, form } = useParams({ from: '/t/$tenant/file/$desk/$form' })
  const me = useMe(tenant)
  // The same form in the other language is drawn over what is typed, not instead of it.
  const view = useQuery({ ...formQuery(tenant, desk, form), enabled: me.isFetched, placeholderData: keepPreviousData, refetchOnWindowFocus: false })
  const desks = useQuery({ ...desksQuery(tenant), enabled: me.isFetched, placeholderData: keepPreviousData })
  // What was sent has an address of its own, so that it is there again after a reload and on the way back.
  const { sent } = useSearch({ from: '/t/$tenant/file/$desk/$form' })
  const navigate = useNavigate()
  const go = (search: { sent?: string }, replace: boolean) => void navigate({ to: '/t/$tenant/file/$desk/$form', params: { tenant, desk, form }, search, replace })
  const changed = useAnother(me.data?.id)

  // What follows the sending is at hand by then, should the connection break.
  useEffect(() => void loadSent().catch(() => undefined), [])

  if (sent) {
    return (
      <Suspense fallback={<Waiting />}>
        <Sent tenant={tenant} number={sent} view={view.data} zone={desks.data?.find((one) => one.slug === desk)?.time_zone} onAnother={() => go({}, false)} />
      </Suspense>
    )
  }
  if (view.error && !view.data) return <NoForm tenant={tenant} error={view.error} signedIn={Boolean(me.data)} />
  if (me.error && me.data === undefined) return <NoForm tenant={tenant} error={me.error} signedIn={false} />
  if (!view.data || me.data === undefined) return <Waiting />
  const service = desks.data?.find((one) => one.slug === desk)
  const person = me.data?.id ?? anonymous
  return (
    <FilingForm
      key={`${person} ${desk} ${form} ${view.data.version}`}
      place={{ tenant, person, desk, form, version: view.data.version }}
      view={view.data}
      service={service}
      person={me.data}
      another={changed}
      onSent={(ticket) => {
        queries.setQueryData(ticketQuery(tenant, ticket.number).queryKey, ticket)
        go({ sent: ticket.number }, true)
      }}
    />
  )
}

/** Whether somebody else has signed in since the page was opened. */
function useAnother(id: string | undefined): boolean {
  const [was, setWas] = useState(id)
  const [changed, setChanged] = useState(false)
  if (id !== undefined && id !== was) {
    setWas(id)
    if (was !== undefined) setChanged(true)
  }
  return changed
}

/** Why there is no form: perhaps only because nobody is signed in. */
function NoForm({ tenant, error, signedIn }: { tenant: string; error: unknown; signedIn: boolean }) {
  const { t } = useTranslation()
  const missing = error instanceof ApiError && (error.status === 404 || error.status === 401)
  if (missing && signedIn) return <NotFoundScreen detail={error.detail} />
  return (
    <div className="page page--narrow">
      <PageTitle>{missing ? t('login.title') : t('home.title')}</PageTitle>
      {missing ? (
        <>
          <Text mb="md">{t('login.needed')}</Text>
          <div className="box box--signin">
            <Suspense fallback={<Waiting />}>
             <SignIn
              tenant={tenant}
              onDone={(person) => {
                notePerson(tenant, person)
                queries.setQueryData([tenant, 'me'], person)
                void queries.resetQueries({ queryKey: [tenant, 'form'] })
                void queries.invalidateQueries({ queryKey: [tenant, 'desks'] })
              }}
            />
            </Suspense>
          </div>
        </>
      ) : (
        <Failure error={error} />
      )}
      <Link to="/t/$tenant" params={{ tenant }}>
        {t('nav.home')}
      </Link>
    </div>
  )
}
