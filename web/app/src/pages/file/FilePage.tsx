import { Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { notePerson } from '../../api/login'
import { ApiError } from '../../api/problem'
import { desksQuery, formQuery, queries, useMe } from '../../api/queries'
import { anonymous } from '../../form/draft'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { FilingForm } from './FilingForm'
import { Sent } from './Sent'

const SignIn = lazy(async () => ({ default: (await import('../../shell/SignIn')).SignIn }))

/** A form of a desk, to be filled and sent. */
export function FilePage() {
  const { tenant, desk, form } = useParams({ from: '/t/$tenant/file/$desk/$form' })
  const me = useMe(tenant)
  // The same form in the other language is drawn over what is typed, not instead of it.
  const view = useQuery({ ...formQuery(tenant, desk, form), enabled: me.isFetched, placeholderData: keepPreviousData, refetchOnWindowFocus: false })
  const desks = useQuery({ ...desksQuery(tenant), enabled: me.isFetched, placeholderData: keepPreviousData })
  const [sent, setSent] = useState<Schemas['TicketView']>()
  const [round, setRound] = useState(0)

  if (sent) {
    return (
      <Sent
        tenant={tenant}
        ticket={sent}
        zone={desks.data?.find((one) => one.slug === desk)?.time_zone}
        onAnother={() => {
          setSent(undefined)
          setRound(round + 1)
        }}
      />
    )
  }
  if (view.error && !view.data) return <NoForm tenant={tenant} error={view.error} signedIn={Boolean(me.data)} />
  if (me.error && me.data === undefined) return <NoForm tenant={tenant} error={me.error} signedIn={false} />
  if (!view.data || me.data === undefined) return <Waiting />
  const service = desks.data?.find((one) => one.slug === desk)
  const person = me.data?.id ?? anonymous
  return (
    <FilingForm
      key={`${person} ${desk} ${form} ${view.data.version} ${round}`}
      place={{ tenant, person, desk, form, version: view.data.version }}
      view={view.data}
      service={service}
      person={me.data}
      onSent={setSent}
    />
  )
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
