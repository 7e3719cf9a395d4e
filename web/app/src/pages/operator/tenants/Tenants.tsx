import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { Wide } from '../../../ui/edit/Wide'
import { bytes } from '../../../ui/format'
import type { Tenant } from '../data'
import { TenantDialog } from './TenantDialog'

/** Every tenant with its desks and how much they hold. */
export function Tenants({ tenants }: { tenants: Tenant[] }) {
  const { t } = useTranslation('admin')
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  return (
    <section className="block" aria-labelledby="tenants-title">
      <div className="toolbar">
        <h2 id="tenants-title">{t('operator.tenants')}</h2>
        <Button onClick={() => setAdding(true)}>{t('operator.add_tenant')}</Button>
      </div>
      {tenants.length === 0 && <p>{t('operator.no_tenants')}</p>}
      {tenants.length > 0 && (
        <Wide heading="tenants-title">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('operator.tenant')}</th>
                <th scope="col">{t('operator.files')}</th>
                <th scope="col">{t('operator.desk')}</th>
                <th scope="col">{t('operator.system')}</th>
                <th scope="col">{t('operator.open')}</th>
                <th scope="col">{t('operator.total')}</th>
              </tr>
            </thead>
            {tenants.map((tenant) => (
              <Rows key={tenant.slug} tenant={tenant} />
            ))}
          </table>
        </Wide>
      )}
      {adding && <TenantDialog onClose={() => setAdding(false)} onMade={(made) => void navigate({ to: '/operator/tenants/$tenant', params: { tenant: made.slug } })} />}
    </section>
  )
}

function Rows({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation('admin')
  const speech = language()
  const span = Math.max(1, tenant.desks.length)
  return (
    <tbody>
      {(tenant.desks.length > 0 ? tenant.desks : [undefined]).map((desk, i) => (
        <tr key={desk?.slug ?? ''}>
          {i === 0 && (
            <>
              <th scope="rowgroup" rowSpan={span}>
                <Link to="/operator/tenants/$tenant" params={{ tenant: tenant.slug }}>
                  {tenant.title[speech]}
                </Link>
                <span className="grid__under">/t/{tenant.slug}/</span>
              </th>
              <td rowSpan={span} className="tabular nowrap">
                {t('operator.files_of', { used: bytes(tenant.used), quota: bytes(tenant.quota) })}
              </td>
            </>
          )}
          <td>{desk ? desk.title[speech] : t('operator.no_desks')}</td>
          <td>{desk?.system}</td>
          <td className="tabular">{desk?.open}</td>
          <td className="tabular">{desk?.total}</td>
        </tr>
      ))}
    </tbody>
  )
}
