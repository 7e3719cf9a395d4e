import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { pluginsQuery, releasesQuery, tenantsQuery } from './data'
import { Plugins } from './plugins/Plugins'
import { Releases } from './systems/Releases'
import { Tenants } from './tenants/Tenants'

/** The installation at a glance: its plugins, tenants and releases. */
export function Installation() {
  const { t } = useTranslation('admin')
  const tenants = useQuery(tenantsQuery)
  const releases = useQuery(releasesQuery)
  const plugins = useQuery(pluginsQuery)
  const error = tenants.error ?? releases.error ?? plugins.error
  return (
    <>
      <PageTitle>{t('operator.title')}</PageTitle>
      {error && <Failure error={error} />}
      {!tenants.data && !error && <Waiting />}
      {plugins.data && <Plugins plugins={plugins.data} titles={new Map(releases.data?.map((one) => [one.system, one.title[language()]]))} />}
      {tenants.data && <Tenants tenants={tenants.data} />}
      {releases.data && <Releases releases={releases.data} />}
    </>
  )
}
