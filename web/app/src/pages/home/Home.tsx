import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { followed } from '../../api/follow'
import { notePerson } from '../../api/login'
import { ApiError } from '../../api/problem'
import { desksQuery, queries, useMe } from '../../api/queries'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { Contacts } from '../../ui/Contacts'
import { Prose } from '../../ui/Prose'
import { noteTenant } from '../../ui/recent'

const SignIn = lazy(async () => ({ default: (await import('../../shell/SignIn')).SignIn }))

/** The catalogue: desks and forms that this person may use, and what each system says of filing. */
export function Home() {
  const { t } = useTranslation()
  const { tenant } = useParams({ from: '/t/$tenant' })
  const me = useMe(tenant)
  const desks = useQuery({ ...desksQuery(tenant), enabled: me.isFetched })
  useEffect(() => {
    if (desks.data) noteTenant(tenant)
  }, [desks.data, tenant])

  const missing = [me.error, desks.error].find((err) => err instanceof ApiError && err.status === 404)
  if (missing) return <NotFoundScreen detail={(missing as ApiError).detail} />
  const error = me.error ?? desks.error
  if (error && !desks.data) {
    return (
      <div className="page">
        <PageTitle>{t('home.title')}</PageTitle>
        <Failure error={error} />
      </div>
    )
  }
  if (!desks.data || me.data === undefined) return <Waiting />
  const signedIn = (person: Schemas['PersonView']) => {
    notePerson(tenant, person)
    queries.setQueryData([tenant, 'me'], person)
    void queries.invalidateQueries({ queryKey: [tenant, 'desks'] })
  }
  return (
    <div className="page">
      <PageTitle>{me.data ? t('home.title') : t('home.welcome')}</PageTitle>
      {!me.data && (
        <div className="box box--signin">
          <h2>{t('login.title')}</h2>
          <Suspense fallback={<Waiting />}>
            <SignIn tenant={tenant} onDone={signedIn} />
          </Suspense>
        </div>
      )}
      {!me.data && <Followed tenant={tenant} />}
      {!me.data && desks.data.length > 0 && <h2>{t('home.public')}</h2>}
      {me.data && desks.data.length === 0 && <p>{t('home.empty')}</p>}
      {desks.data.map((desk) => (
        <DeskCard key={desk.slug} tenant={tenant} desk={desk} />
      ))}
    </div>
  )
}

function DeskCard({ tenant, desk }: { tenant: string; desk: Schemas['DeskView'] }) {
  const { t } = useTranslation()
  const forms = desk.forms.filter((form) => form.channels.includes('portal'))
  return (
    <section className="desk" aria-labelledby={`desk-${desk.slug}`}>
      <h2 id={`desk-${desk.slug}`}>{desk.title}</h2>
      {forms.length > 0 ? (
        <ul className="forms">
          {forms.map((form) => (
            <li key={form.key}>
              <Link to="/t/$tenant/file/$desk/$form" params={{ tenant, desk: desk.slug, form: form.key }} className="forms__link">
                {form.title}
              </Link>
              {form.summary && <p>{form.summary}</p>}
            </li>
          ))}
        </ul>
      ) : (
        <p>{t('home.no_forms')}</p>
      )}
      {(desk.texts.filing || desk.contacts.length > 0) && (
        <details className="filing" open>
          <summary>{t('home.filing')}</summary>
          {desk.texts.filing && <Prose text={desk.texts.filing} />}
          {desk.contacts.length > 0 && <Contacts contacts={desk.contacts} />}
        </details>
      )}
    </section>
  )
}

/** Tickets that were filed in this tab without a session. */
function Followed({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  const numbers = followed(tenant)
  if (numbers.length === 0) return null
  return (
    <section className="block">
      <h2>{t('home.followed')}</h2>
      <ul>
        {numbers.map((number) => (
          <li key={number}>
            <Link to="/t/$tenant/tickets/$number" params={{ tenant, number }}>
              {number}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
