import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** The way to a desk's figures, in the console's bar. */
export function DashboardLink({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  return (
    <Link to="/t/$tenant/desk/dashboard" params={{ tenant }} activeOptions={{ includeSearch: false }} className="nav__link">
      {t('nav.dashboard')}
    </Link>
  )
}
