import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { language } from '../../../i18n'
import { Failure, NotFoundScreen } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { ShownOnce } from '../../../ui/edit/ShownOnce'
import { Wide } from '../../../ui/edit/Wide'
import { bytes } from '../../../ui/format'
import { releasesQuery, type Tenant, tenantsQuery } from '../data'
import { AdministratorDialog } from './AdministratorDialog'
import { DeskDialog } from './DeskDialog'
import { TenantDialog } from './TenantDialog'

type Opened = 'edit' | 'desk' | 'administrator'

/** One tenant: its title and quota, its desks, and the first administrator of each. */
export function TenantPage() {
  const { t } = useTranslation('admin')
  const { tenant: slug } = useParams({ from: '/operator/tenants/$tenant' })
  const tenants = useQuery(tenantsQuery)
  const tenant = tenants.data?.find((one) => one.slug === slug)
  if (tenants.data && !tenant) return <NotFoundScreen />
  return (
    <>
      <Link to="/operator" className="back">
        {t('operator.title')}
      </Link>
      <PageTitle>{tenant?.title[language()] ?? slug}</PageTitle>
      {tenants.error && <Failure error={tenants.error} />}
      {tenants.isPending && !tenants.error && <Waiting />}
      {tenant && <Known tenant={tenant} />}
    </>
  )
}

function Known({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation('admin')
  const [opened, setOpened] = useState<Opened>()
  const [made, setMade] = useState<Schemas['PersonCard']>()
  const systems = (useQuery(releasesQuery).data ?? []).filter((release) => release.state === 'active')
  const close = () => setOpened(undefined)
  const page = `/t/${tenant.slug}/`
  return (
    <>
      <dl className="pairs pairs--columns">
        <div>
          <dt>{t('operator.address')}</dt>
          <dd>
            <a href={page}>{page}</a>
          </dd>
        </div>
        <div>
          <dt>{t('operator.files')}</dt>
          <dd>{t('operator.files_of', { used: bytes(tenant.used), quota: bytes(tenant.quota) })}</dd>
        </div>
      </dl>
      <div className="row-acts">
        <Button variant="default" onClick={() => setOpened('edit')}>
          {t('operator.edit_tenant')}
        </Button>
        <Button variant={tenant.desks.length === 0 ? 'filled' : 'default'} onClick={() => setOpened('desk')} disabled={systems.length === 0}>
          {t('operator.add_desk')}
        </Button>
        {tenant.desks.length > 0 && <Button onClick={() => setOpened('administrator')}>{t('operator.add_admin')}</Button>}
      </div>
      {systems.length === 0 && <p>{t('operator.no_systems')}</p>}
      <section className="section-block" aria-labelledby="desks-title">
        <h2 id="desks-title">{t('operator.desks')}</h2>
        {tenant.desks.length === 0 ? <p>{t('operator.no_desks')}</p> : <Desks tenant={tenant} />}
      </section>
      {opened === 'edit' && <TenantDialog tenant={tenant} onClose={close} />}
      {opened === 'desk' && <DeskDialog tenant={tenant.slug} systems={systems} onClose={close} />}
      {opened === 'administrator' && <AdministratorDialog tenant={tenant} onClose={close} onMade={setMade} />}
      {made?.password && (
        <ShownOnce name={made.name} login={made.login} password={made.password} address={`${window.location.origin}${page}`} onClose={() => setMade(undefined)} />
      )}
    </>
  )
}

function Desks({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation('admin')
  return (
    <Wide heading="desks-title">
      <table className="grid">
        <caption className="visually-hidden">{t('operator.desks')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('operator.desk')}</th>
            <th scope="col">{t('operator.system')}</th>
            <th scope="col">{t('operator.prefix')}</th>
            <th scope="col">{t('operator.open')}</th>
            <th scope="col">{t('operator.total')}</th>
          </tr>
        </thead>
        <tbody>
          {tenant.desks.map((desk) => (
            <tr key={desk.slug}>
              <th scope="row">
                {desk.title[language()]}
                <span className="grid__under">{desk.slug}</span>
              </th>
              <td>{desk.system}</td>
              <td>{desk.prefix}-…</td>
              <td className="tabular">{desk.open}</td>
              <td className="tabular">{desk.total}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  )
}
