import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { newKey } from '../../../form/draft'
import { Failure } from '../../../shell/ErrorScreen'
import { StatusMark } from '../StatusMark'
import { useWritten } from './drafts'
import { Resolution, useResolution } from './Resolution'
import { onVersion } from './ticket'
import { useWorking } from './working'

export interface Asked {
  transition: Schemas['TransitionView']
  duplicateOf?: string
}

interface Props {
  transitions?: Schemas['TransitionView'][]
  onAsk: (asked: Asked) => void
}

/** What may be done with the status now; and, greyed, why the rest may not. */
export function Transitions({ transitions, onAsk }: Props) {
  const { t } = useTranslation('desk')
  const allowed = transitions?.filter((one) => one.allowed) ?? []
  const refused = transitions?.filter((one) => !one.allowed) ?? []
  return (
    <section className="panel" aria-labelledby="transitions-title">
      <h2 id="transitions-title">{t('transitions.title')}</h2>
      <ul className="moves">
        {allowed.map((transition, i) => (
          <li key={transition.key}>
            <Button fullWidth justify="space-between" variant="default" onClick={() => onAsk({ transition })} title={transition.help} rightSection={i < 9 && <kbd aria-hidden>{i + 1}</kbd>}>
              {transition.title}
            </Button>
          </li>
        ))}
      </ul>
      {allowed.length === 0 && <p className="dim">{t('transitions.none')}</p>}
      {refused.length > 0 && (
        <details className="moves__refused">
          <summary>{t('transitions.refused', { count: refused.length })}</summary>
          <ul>
            {refused.map((transition) => (
              <li key={transition.key}>
                <span className="moves__name">{transition.title}</span>
                <span className="moves__why">{transition.reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

/** One change of status with what it needs. */
export function TransitionBox({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant, ticket, me, rights, busy, write, seen } = useWorking()
  const { transition } = asked
  // An answer that was begun beside goes on here.
  const [answer, setAnswer, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'public' })
  const [duplicateOf, setDuplicateOf] = useState(asked.duplicateOf ?? '')
  const [failure, setFailure] = useState<ApiError>()
  const [begun] = useState(seen)
  const key = useRef(newKey())
  const resolution = useResolution()
  const comments = rights.reply
  const needsComment = transition.needs.includes('comment')
  const needsBase = transition.needs.includes('duplicate_of')
  const problem = (pointer: string) => failure?.errors.find((one) => one.pointer === pointer)?.message

  const send = async () => {
    const outcome = await write({
      what: transition.title,
      mine: [{ label: t('transitions.comment'), text: answer.text }, ...resolution.pieces],
      seen: begun,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', {
            params: { path: { tenant, number: ticket.number }, header: { ...onVersion(version), 'Idempotency-Key': key.current } },
            body: {
              transition: transition.key,
              comment: comments && answer.text.trim() ? answer.text : undefined,
              duplicate_of: needsBase ? duplicateOf.trim() : undefined,
              fields: transition.needs.includes('resolution') ? resolution.given : undefined,
            },
          }),
        ),
      done: () => {
        clear()
        onClose()
      },
      said: t('transitions.done', { status: transition.to.title }),
    })
    key.current = newKey()
    if (outcome === 'done' || outcome === 'late') return
    setFailure(outcome)
    resolution.refused(outcome)
  }
  return (
    <Modal opened onClose={onClose} title={transition.title} size="lg" closeButtonProps={{ 'aria-label': main('close') }} transitionProps={{ duration: 0 }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !event.ctrlKey) return
          event.preventDefault()
          void send()
        }}
      >
        {transition.help && <p>{transition.help}</p>}
        <p className="moves__becomes">
          <StatusMark status={ticket.status} /> → <StatusMark status={transition.to} />
        </p>
        {needsBase && (
          <TextInput
            label={t('transitions.base')}
            description={t('transitions.base_hint')}
            value={duplicateOf}
            error={problem('/duplicate_of')}
            onChange={(event) => setDuplicateOf(event.currentTarget.value)}
            data-autofocus
            mb="md"
            className="w-medium"
          />
        )}
        {comments && (
          <Textarea
            label={needsComment ? t('transitions.comment') : t('transitions.comment_optional')}
            description={t('transitions.comment_hint')}
            autosize
            minRows={3}
            maxRows={16}
            maxLength={20_000}
            value={answer.text}
            error={problem('/comment')}
            onChange={(event) => {
              const text = event.currentTarget.value
              setAnswer((was) => ({ ...was, text, seen: was.seen ?? begun }))
            }}
            data-autofocus={!needsBase || undefined}
          />
        )}
        <Resolution resolution={resolution} />
        {failure && failure.errors.length === 0 && <Failure error={failure} />}
        <Group mt="md">
          <Button type="submit" loading={busy} data-autofocus={!needsBase && !comments ? true : undefined}>
            {transition.title}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
