import { useTranslation } from 'react-i18next'

import { useConnection } from '../api/connection'

/** Says that the server cannot be reached, and that nothing is lost by it. */
export function Notices() {
  const { t } = useTranslation()
  const connection = useConnection()
  return (
    <div role="status" aria-live="polite">
      {connection !== 'ok' && <div className="notice">{connection === 'offline' ? t('notice.offline') : t('notice.unavailable')}</div>}
    </div>
  )
}
