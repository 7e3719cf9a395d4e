import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, quiet } from '../api/client'
import { forgetPerson } from '../api/login'
import { queries, useMe, useNoTenant } from '../api/queries'
import { LanguageSwitch } from './LanguageSwitch'
import { Notices } from './Notices'

/** Header, notices and the place of the page; the same for requesters and agents. */
export function Shell() {
  const { t } = useTranslation()
  const { tenant } = useParams({ from: '/t/$tenant' })
  const me = useMe(tenant).data
  const nowhere = useNoTenant(tenant)
  const navigate = useNavigate()
  const signOut = async () => {
    await ask(quiet.DELETE('/api/v1/t/{tenant}/sessions/current', { params: { path: { tenant } } })).catch(() => undefined)
    forgetPerson(tenant)
    queries.removeQueries({ queryKey: [tenant] })
    queries.setQueryData([tenant, 'me'], null)
    await navigate({ to: '/t/$tenant', params: { tenant } })
  }
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(e) => skip(e)}>
        {t('skip')}
      </a>
      <header className="header">
        <div className="header__in">
          <Link to={nowhere ? '/' : '/t/$tenant'} params={{ tenant }} className="brand" activeOptions={{ exact: true }}>
            <img src="/icon.svg" alt="" width={26} height={26} />
            <span>Опора</span>
          </Link>
          <nav className="nav" aria-label={t('nav.label')}>
            <Link to={nowhere ? '/' : '/t/$tenant'} params={{ tenant }} activeOptions={{ exact: true }} className="nav__link">
              {nowhere ? t('enter.title') : t('nav.home')}
            </Link>
            {me && (
              <Link to="/t/$tenant/tickets" params={{ tenant }} className="nav__link">
                {t('nav.tickets')}
              </Link>
            )}
            {me && me.desks.length > 0 && (
              <Link to="/t/$tenant/desk" params={{ tenant }} className="nav__link">
                {t('nav.desk')}
              </Link>
            )}
            {me?.desks.some((desk) => desk.administrator) && (
              <Link to="/t/$tenant/admin" params={{ tenant }} className="nav__link">
                {t('nav.admin')}
              </Link>
            )}
          </nav>
          <div className="header__end">
            <LanguageSwitch />
            {me && (
              <>
                <span className="header__person" title={me.email}>
                  {me.name}
                </span>
                <button type="button" className="link-button" onClick={() => void signOut()}>
                  {t('nav.out')}
                </button>
              </>
            )}
          </div>
        </div>
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function skip(event: { preventDefault: () => void }) {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
