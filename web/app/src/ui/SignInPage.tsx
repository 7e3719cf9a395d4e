import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'

import { notePerson } from '../api/login'
import { queries } from '../api/queries'
import { PageTitle } from '../shell/PageTitle'
import { Waiting } from '../shell/Waiting'

const SignIn = lazy(async () => ({ default: (await import('../shell/SignIn')).SignIn }))

/** Stands where a page needs somebody who is signed in; the page follows in its place. */
export function SignInPage({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  return (
    <div className="page page--narrow">
      <PageTitle>{t('login.title')}</PageTitle>
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
