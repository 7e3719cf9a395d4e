import { Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Stands where something is being loaded. */
export function Waiting() {
  const { t } = useTranslation()
  return (
    <div className="waiting" role="status">
      <Loader size="sm" aria-hidden />
      <span>{t('waiting')}</span>
    </div>
  )
}
