import '../../i18n/admin'
import '../../ui/edit/edit.css'
import './operator.css'

import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../shell/ErrorScreen'
import { LanguageSwitch } from '../../shell/LanguageSwitch'
import { Notices } from '../../shell/Notices'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { Box } from '../../ui/Box'
import { meQuery, signedOut, signOut } from './data'
import { answerOperator, askOperator, useSession } from './session'
import { SignIn } from './SignIn'

/** The installation's pages: who is signed in, and the page. */
export function Operator() {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const me = useQuery(meQuery)
  const session = useSession()
  return (
    <div className="shell">
      <header className="header">
        <div className="header__in">
          <Link to="/operator" className="brand">
            <img src="/icon.svg" alt="" width={26} height={26} />
            <span>Опора</span>
          </Link>
          <nav className="nav" aria-label={t('operator.nav')}>
            <Link to="/operator" className="nav__link">
              {t('operator.title')}
            </Link>
          </nav>
          <div className="header__end">
            <LanguageSwitch />
            {me.data && session !== 'good' && (
              <button type="button" className="link-button" onClick={() => void askOperator()}>
                {main('login.submit')}
              </button>
            )}
            {me.data && session === 'good' && (
              <>
                <span className="header__person" title={me.data.login}>
                  <span className="visually-hidden">{t('operator.me', { name: '' })}</span>
                  {me.data.name || me.data.login}
                </span>
                <button type="button" className="link-button" onClick={() => void signOut()}>
                  {main('nav.out')}
                </button>
              </>
            )}
          </div>
        </div>
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <div className="page operator">
          {me.data ? (
            // What is being typed stays where it is when the session ends; another operator gets pages of his own.
            <Fragment key={me.data.login}>
              <Outlet />
            </Fragment>
          ) : signedOut(me.error) ? (
            <>
              <PageTitle>{main('login.title')}</PageTitle>
              <div className="box box--signin">
                <p>{t('operator.sign_in')}</p>
                <SignIn />
              </div>
            </>
          ) : me.error ? (
            <>
              <PageTitle>{t('operator.title')}</PageTitle>
              <Failure error={me.error} />
            </>
          ) : (
            <Waiting />
          )}
        </div>
      </main>
      {me.data && session === 'asked' && (
        <Box title={main('login.title')} onClose={() => answerOperator(undefined)}>
          <p>{main('login.expired')}</p>
          <SignIn known={me.data.login} />
        </Box>
      )}
    </div>
  )
}
