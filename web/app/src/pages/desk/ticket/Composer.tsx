import { Tabs } from '@mantine/core'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { useCommands } from '../commands'
import { Answer } from './Answer'
import { Note } from './Note'
import { useWorking } from './working'

type Kind = 'public' | 'internal'

/**
 * The answer to the requester and the note to colleagues: two boxes that cannot be taken for one another. Transitions
 * that have not been read yet are undefined.
 */
export function Composer({ transitions }: { transitions?: Schemas['TransitionView'][] }) {
  const { t } = useTranslation('desk')
  const { ticket: { may } } = useWorking()
  const [wanted, setKind] = useState<Kind>('public')
  const kind: Kind = may.answer && (wanted === 'public' || !may.note) ? 'public' : 'internal'
  const box = useRef<HTMLDivElement>(null)
  const focus = (next: Kind) => {
    // At once: who types on without waiting loses no letter.
    flushSync(() => setKind(next))
    const area = box.current?.querySelector<HTMLTextAreaElement>(`[data-kind="${next}"] textarea`)
    area?.scrollIntoView({ block: 'center' })
    area?.focus({ preventScroll: true })
  }
  useCommands(t('composer.title'), [
    ...(may.answer ? [{ id: 'reply', title: t('composer.reply'), key: 'KeyR', run: () => focus('public') }] : []),
    ...(may.note ? [{ id: 'note', title: t('composer.note'), key: 'KeyN', run: () => focus('internal') }] : []),
  ])
  if (!may.answer && !may.note) return <p className="section">{t('composer.nothing')}</p>
  return (
    <section className="section" aria-labelledby="composer-title" ref={box}>
      <h2 id="composer-title" className="visually-hidden">
        {t('composer.title')}
      </h2>
      {!may.answer && <p>{t('composer.silent')}</p>}
      <Tabs value={kind} onChange={(value) => setKind(value === 'public' ? 'public' : 'internal')} keepMounted={false}>
        <Tabs.List>
          {may.answer && <Tabs.Tab value="public">{t('composer.reply')}</Tabs.Tab>}
          {may.note && <Tabs.Tab value="internal">{t('composer.note')}</Tabs.Tab>}
        </Tabs.List>
        {may.answer && (
          <Tabs.Panel value="public" className="composer" data-kind="public">
            <Answer transitions={transitions} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="internal" className="composer" data-kind="internal">
          <Note />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}
