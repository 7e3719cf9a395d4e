import { useTranslation } from 'react-i18next'

import type { Plugin } from '../data'
import { moment } from '../time'
import { endOf } from './reason'

/** Why a plugin does not work as it should, or how its last process ended, and when: once, in the reader's words. */
export function Reason({ plugin }: { plugin: Plugin }) {
  const { t } = useTranslation('admin')
  const { reason, cause, state, failed_at } = plugin
  if (!reason) return null
  // What works again only remembers; what it writes where it should not hurts nobody.
  const past = state === 'ready' && cause !== 'output'
  const name = !past ? t('operator.reason') : cause === 'start' ? t('operator.last_start') : t('operator.last_end')
  return (
    <p>
      <strong>{name}:</strong> <Told plugin={plugin} />
      {failed_at && `, ${moment(failed_at)}`}
    </p>
  )
}

/** The reason in words; what only the core can say follows in its own. */
export function Told({ plugin: { reason = '', cause } }: { plugin: Plugin }) {
  const { t } = useTranslation('admin')
  const end = endOf(reason)
  if (end) return t(`operator.ends.${end.key}`, { ...end })
  return (
    <>
      {cause && `${t(`operator.causes.${cause}`)} `}
      <code lang="en">{reason}</code>
    </>
  )
}
