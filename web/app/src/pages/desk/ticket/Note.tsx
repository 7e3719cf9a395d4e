import { Button, Group, Kbd } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import { Box } from './Box'
import { useWritten } from './drafts'
import { left } from './fill'
import { Gaps, markGap } from './Gaps'
import { Meanwhile } from './Meanwhile'
import { Refused } from './Refused'
import { useRefusing } from './refusing'
import { onSendKey, useKeyOf } from './sending'
import { onVersion } from './ticket'
import { useWorking } from './working'

const textAlone = ['/text']

/** A note that the requester never sees. */
export function Note() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, busy, write, seen } = useWorking()
  const [writing, setWriting, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'internal' })
  const [held, setHeld] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const refusing = useRefusing(form, writing, textAlone)
  const keyOf = useKeyOf()
  const send = async () => {
    refusing.clear()
    const gaps = left(writing.text, writing.blanks)
    setHeld(gaps.length > 0)
    if (gaps.length > 0) return markGap(form.current, gaps)
    if (refusing.empty()) return
    const body = { text: writing.text, visibility: 'internal' as const, attachments: writing.files.map((file) => file.id) }
    const outcome = await write({
      what: t('composer.note'),
      mine: [{ label: t('composer.note'), text: writing.text }],
      seen: writing.seen ?? seen,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/comments', {
            params: { path: { tenant, number: ticket.number }, header: { ...onVersion(version), 'Idempotency-Key': keyOf({ body, version }) } },
            body,
          }),
        ),
      done: clear,
      said: t('composer.noted'),
    })
    if (outcome !== 'done' && outcome !== 'late') refusing.refuse(outcome)
  }
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onKeyDown={(event) => onSendKey(event, () => void send())}
    >
      <p className="composer__to">{t('composer.only_agents')}</p>
      <Meanwhile writing={writing} setWriting={setWriting} />
      <Box label={t('composer.note')} kind="internal" problem={refusing.text} writing={writing} setWriting={setWriting} />
      {held && <Gaps writing={writing} />}
      {refusing.below && <Refused {...refusing.below} />}
      <Group mt="sm">
        <Button type="submit" loading={busy}>
          {t('composer.save_note')}
        </Button>
      </Group>
      <p className="dim composer__keys">
        <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> {t('composer.save_note')}
      </p>
    </form>
  )
}
