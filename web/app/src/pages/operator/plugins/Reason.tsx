import { useTranslation } from 'react-i18next'

import type { Plugin } from '../data'

/** Why a plugin does not work as it should, or how its last process ended: in words, with the core's own beside. */
export function Reason({ plugin }: { plugin: Plugin }) {
  const { t } = useTranslation('admin')
  const { reason, cause, state } = plugin
  if (!reason) return null
  // What works again only remembers; what it writes where it should not hurts nobody.
  const past = state === 'ready' && cause !== 'output'
  const name = !past ? t('operator.reason') : cause === 'start' ? t('operator.last_start') : t('operator.last_end')
  return (
    <p>
      <strong>{name}:</strong> {cause ? t(`operator.causes.${cause}`) : ''} <code lang="en">{reason}</code>
    </p>
  )
}
