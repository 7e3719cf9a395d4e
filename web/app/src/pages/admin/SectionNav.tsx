import { NativeSelect } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'

/** The pages of a desk's administration, in the order of their use. */
export const sections = [
  { key: 'general', to: '/t/$tenant/admin/$desk' },
  { key: 'addresses', to: '/t/$tenant/admin/$desk/addresses' },
  { key: 'lines', to: '/t/$tenant/admin/$desk/lines' },
  { key: 'plugin', to: '/t/$tenant/admin/$desk/plugin' },
  { key: 'lists', to: '/t/$tenant/admin/$desk/lists' },
  { key: 'templates', to: '/t/$tenant/admin/$desk/templates' },
  { key: 'people', to: '/t/$tenant/admin/$desk/people' },
  { key: 'audit', to: '/t/$tenant/admin/$desk/audit' },
] as const

interface Props {
  tenant: string
  desk: Schemas['DeskView']
  desks: Schemas['DeskView'][]
}

/** The list of a desk's pages, and the way to another desk. */
export function SectionNav({ tenant, desk, desks }: Props) {
  const { t } = useTranslation('admin')
  const navigate = useNavigate()
  return (
    <nav className="admin__nav" aria-label={t('title')}>
      {desks.length > 1 ? (
        <NativeSelect
          label={t('desk')}
          value={desk.slug}
          onChange={(event) => void navigate({ to: '/t/$tenant/admin/$desk', params: { tenant, desk: event.currentTarget.value } })}
          data={desks.map((one) => ({ value: one.slug, label: one.title }))}
        />
      ) : (
        <p className="admin__desk">{desk.title}</p>
      )}
      <ul>
        {sections.map((section) => (
          <li key={section.key}>
            <Link to={section.to} params={{ tenant, desk: desk.slug }} activeOptions={{ exact: section.key === 'general' }} className="admin__link">
              {t(`section.${section.key}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
