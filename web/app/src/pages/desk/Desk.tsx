import '../../i18n/desk'

import { useTranslation } from 'react-i18next'

import { PageTitle } from '../../shell/PageTitle'

/** The agents' first page. */
export function Desk() {
  const { t } = useTranslation('desk')
  return <PageTitle>{t('title')}</PageTitle>
}
