import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { BoxProps } from './Box'
import { Entry } from './History'
import { useWorking } from './working'

/** What others did, or are doing, while this is being written. */
export function Meanwhile({ writing, setWriting }: BoxProps) {
  const { t } = useTranslation('desk')
  const { events, me, seen } = useWorking()
  const since = writing.seen?.seq
  if (since === undefined || writing.text === '') return null
  const news = events.filter((event) => event.seq > since && event.actor.id !== me.id)
  if (news.length === 0) return null
  return (
    <div className="meanwhile" role="status">
      <p className="strong">{t('composer.meanwhile')}</p>
      <ol className="acts">
        {news.map((event) => (
          <Entry key={event.seq} event={event} level="h3" />
        ))}
      </ol>
      <Button size="compact-sm" variant="default" onClick={() => setWriting((was) => ({ ...was, seen }))}>
        {t('composer.understood')}
      </Button>
    </div>
  )
}
