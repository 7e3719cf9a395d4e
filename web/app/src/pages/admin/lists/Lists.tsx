import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { settingsQuery } from '../data/settings'
import { useAdmin, useAdminDesk } from '../place'

/** The reference lists of a desk. */
export function Lists() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const settings = useQuery(settingsQuery(tenant, desk.slug))
  const lists = settings.data?.declared.lists
  return (
    <>
      <PageTitle>{t('section.lists')}</PageTitle>
      <p className="intro">{t('lists.intro')}</p>
      {settings.error && !lists && <Failure error={settings.error} />}
      {settings.isPending && !settings.error && <Waiting />}
      {lists?.length === 0 && <p>{t('lists.none')}</p>}
      {lists && lists.length > 0 && (
        <ul className="cards">
          {lists.map((list) => (
            <li key={list.key}>
              <Link to="/t/$tenant/admin/$desk/lists/$list" params={{ tenant, desk: desk.slug, list: list.key }}>
                {list.title}
              </Link>
              <p>
                {list.extendable ? t('lists.open') : t('lists.closed')}
                {list.private && ` ${t('lists.private')}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
