import { Button, Group, Modal, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import { ApiError } from '../../../api/problem'
import { StatusMark } from '../StatusMark'
import { Base } from './Base'
import { useWritten } from './drafts'
import { Refused } from './Refused'
import { Resolution } from './Resolution'
import { useResolution } from './resolving'
import { onSendKey, useKeyOf } from './sending'
import { onVersion } from './ticket'
import type { Asked } from './Transitions'
import { useWorking } from './working'

/** One change of status with what it needs. */
export function TransitionBox({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const { tenant, ticket, me, busy, write, seen, typing } = useWorking()
  const { transition } = asked
  // An answer that was begun beside goes on here.
  const [answer, setAnswer, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'public' })
  const [duplicateOf, setDuplicateOf] = useState(asked.duplicateOf ?? '')
  const [failure, setFailure] = useState<ApiError>()
  const [begun] = useState(seen)
  const keyOf = useKeyOf()
  const resolution = useResolution('move')
  const resolves = transition.needs.includes('resolution')
  const comments = ticket.may.answer
  const needsComment = transition.needs.includes('comment')
  const needsBase = transition.needs.includes('duplicate_of')
  const problem = (pointer: string) => failure?.errors.find((one) => one.pointer === pointer)?.message

  const send = async () => {
    setFailure(undefined)
    const body = {
      transition: transition.key,
      comment: comments && answer.text.trim() ? answer.text : undefined,
      duplicate_of: needsBase ? duplicateOf.trim() : undefined,
      fields: resolves ? resolution.given : undefined,
    }
    const outcome = await write({
      what: transition.title,
      mine: [{ label: t('transitions.comment'), text: answer.text }, ...(resolves ? resolution.pieces : [])],
      theirs: (now) => [{ label: t('transitions.title'), text: now.status.title }],
      seen: begun,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', {
            params: { path: { tenant, number: ticket.number }, header: { ...onVersion(version), 'Idempotency-Key': keyOf({ body, version }) } },
            body,
          }),
        ),
      done: () => {
        clear()
        onClose()
      },
      said: t('transitions.done', { status: transition.to.title }),
    })
    if (outcome === 'done' || outcome === 'late') return
    setFailure(resolution.refused(outcome) ? undefined : outcome)
  }
  // What stands at an input of this box is not said a second time below.
  const placed = failure?.errors.some(({ pointer }) => (pointer === '/comment' && comments) || (pointer === '/duplicate_of' && needsBase))
  return (
    <Modal opened onClose={onClose} title={transition.title} size="lg" closeButtonProps={{ 'aria-label': main('close') }} transitionProps={{ duration: 0 }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
        onKeyDown={(event) => onSendKey(event, () => void send())}
      >
        {transition.help && <p>{transition.help}</p>}
        <p className="moves__becomes">
          <StatusMark status={ticket.status} /> → <StatusMark status={transition.to} />
        </p>
        {needsBase && <Base value={duplicateOf} problem={problem('/duplicate_of')} onChange={setDuplicateOf} />}
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
              typing()
              setAnswer((was) => ({ ...was, text, seen: was.seen ?? begun }))
            }}
            data-autofocus={!needsBase || undefined}
          />
        )}
        {resolves && <Resolution resolution={resolution} />}
        {failure && !placed && <Refused failure={failure} />}
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
