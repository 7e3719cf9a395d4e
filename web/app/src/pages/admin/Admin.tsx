import '../../i18n/admin'
import '../../ui/edit/edit.css'
import './admin.css'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { desksQuery, useMe } from '../../api/queries'
import { Failure, NotFoundScreen } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { SignInPage } from '../../ui/SignInPage'
import { AdminContext, administered, DeskContext, useAdmin } from './place'
import { SectionNav, sections } from './SectionNav'

/** Administration of a tenant: who may, which desks, and the page. */
export function Admin() {
  const { t } = useTranslation('admin')
  const { tenant } = useParams({ from: '/t/$tenant/admin' })
  const me = useMe(tenant)
  const desks = useQuery({ ...desksQuery(tenant), enabled: Boolean(me.data), placeholderData: keepPreviousData })
  const error = me.error ?? desks.error
  if (me.data === null) return <SignInPage tenant={tenant} />
  if (me.data && desks.data) {
    const own = administered(me.data, desks.data)
    if (own.length === 0) {
      return (
        <div className="page page--narrow">
          <PageTitle>{t('title')}</PageTitle>
          <p>{t('no_desks')}</p>
        </div>
      )
    }
    return (
      <AdminContext value={{ tenant, me: me.data, desks: own }}>
        <Outlet />
      </AdminContext>
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

/** The desks that this person administers. */
export function AdminHome() {
  const { t } = useTranslation('admin')
  const { tenant, desks } = useAdmin()
  return (
    <div className="page">
      <PageTitle>{t('title')}</PageTitle>
      {desks.map((desk) => (
        <section key={desk.slug} className="desk" aria-labelledby={`admin-${desk.slug}`}>
          <h2 id={`admin-${desk.slug}`}>{desk.title}</h2>
          <p className="faint">{t('desk_facts', { system: desk.system, release: desk.release })}</p>
          <ul className="cards">
            {sections.map((section) => (
              <li key={section.key}>
                <Link to={section.to} params={{ tenant, desk: desk.slug }} aria-describedby={`${desk.slug}-${section.key}`}>
                  {t(`section.${section.key}`)}
                </Link>
                <p id={`${desk.slug}-${section.key}`}>{t(`about.${section.key}`)}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

/** One desk's pages beside their list. */
export function AdminDesk() {
  const { tenant, desks } = useAdmin()
  const { desk: slug } = useParams({ from: '/t/$tenant/admin/$desk' })
  const desk = desks.find((one) => one.slug === slug)
  if (!desk) return <NotFoundScreen />
  return (
    <DeskContext value={desk}>
      <div className="admin">
        <SectionNav tenant={tenant} desk={desk} desks={desks} />
        <div className="admin__main">
          <Outlet />
        </div>
      </div>
    </DeskContext>
  )
}
