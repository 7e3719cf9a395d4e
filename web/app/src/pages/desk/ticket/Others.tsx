import { useTranslation } from 'react-i18next'

import { useWorking } from './working'

/** Who else has this ticket open, and who of them is writing. */
export function Others() {
  const { t } = useTranslation('desk')
  const { others } = useWorking()
  const writing = others.filter((one) => one.writing).map((one) => one.person.name)
  const reading = others.filter((one) => !one.writing).map((one) => one.person.name)
  return (
    <div className="others" role="status">
      {writing.length > 0 && <p className="others__writing">{t('presence.writing', { count: writing.length, names: writing.join(', ') })}</p>}
      {reading.length > 0 && <p>{t('presence.here', { names: reading.join(', ') })}</p>}
    </div>
  )
}
