import { Button, Group, Radio, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { useCommands } from '../commands'
import { Box, Cancel } from '../../../ui/Box'
import { titleOf } from '../place'
import { useWritten } from './drafts'
import { onSendKey } from './sending'
import { onVersion } from './ticket'
import { type Seen, useWorking } from './working'

interface Props {
  open: boolean
  onOpen: (open: boolean) => void
}

/** The line that has the ticket, and the lines that it may be handed to. */
export function HandOver({ open, onOpen }: Props) {
  const { t } = useTranslation('desk')
  const { ticket, work, seen } = useWorking()
  const [begun, setBegun] = useState<Seen>(seen)
  const begin = () => {
    setBegun(seen)
    onOpen(true)
  }
  const may = ticket.may.hand_over && ticket.hands_to.length > 0
  useCommands(t('handover.title'), may ? [{ id: 'handover', title: t('handover.open'), key: 'KeyH', run: begin }] : [])
  return (
    <section className="panel" aria-labelledby="line-title">
      <h2 id="line-title">{t('handover.line')}</h2>
      <p className="panel__value">{titleOf(work.desk.lines, ticket.line)}</p>
      {may && (
        <Button size="compact-sm" variant="default" onClick={begin}>
          {t('handover.open')}
        </Button>
      )}
      {open && <HandOverBox begun={begun} onClose={() => onOpen(false)} />}
    </section>
  )
}

function HandOverBox({ begun, onClose }: { begun: Seen; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant, ticket, me, work, busy, write } = useWorking()
  const [lines] = useState(ticket.hands_to)
  const [line, setLine] = useState(lines[0]?.key ?? '')
  // The note stays on this device until it is sent: closing the box loses nothing.
  const [{ text: note }, setWriting, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'handover' })
  const [failure, setFailure] = useState<ApiError>()
  const send = async () => {
    setFailure(undefined)
    const outcome = await write({
      what: t('handover.to', { line: titleOf(lines, line) }),
      mine: [{ label: t('handover.note'), text: note }],
      seen: begun,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/handover', {
            params: { path: { tenant, number: ticket.number }, header: onVersion(version) },
            body: { line, note },
          }),
        ),
      done: () => {
        clear()
        onClose()
      },
      said: t('handover.done', { line: titleOf(lines, line) }),
    })
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  return (
    <Box onClose={onClose} title={t('handover.title')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
        onKeyDown={(event) => onSendKey(event, () => void send())}
      >
        <Radio.Group label={t('handover.choose')} value={line} onChange={setLine} mb="md">
          <Stack gap="xs" mt="xs">
            {lines.map((one, i) => (
              <Radio key={one.key} value={one.key} label={one.title} description={work.desk.lines.find((line) => line.key === one.key)?.help} data-autofocus={i === 0 || undefined} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={
            <>
              {t('handover.note')} <span className="optional">{main('form.optional')}</span>
            </>
          }
          description={t('handover.note_hint')}
          autosize
          minRows={3}
          maxLength={20_000}
          value={note}
          onChange={(event) => {
            const text = event.currentTarget.value
            setWriting((was) => ({ ...was, text }))
          }}
        />
        {failure && <Failure error={failure} />}
        <Group mt="md">
          <Button type="submit" loading={busy}>
            {t('handover.send')}
          </Button>
          <Cancel />
        </Group>
      </form>
    </Box>
  )
}
