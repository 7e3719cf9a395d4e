import { Button, Group, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import { bytes } from '../../../ui/format'
import { Box, Cancel } from '../../../ui/Box'
import { StatusMark } from '../StatusMark'
import { Base } from './Base'
import { blank, useWritten } from './drafts'
import { left } from './fill'
import { Gaps, markGap } from './Gaps'
import { Refused } from './Refused'
import { useRefusing } from './refusing'
import { Resolution } from './Resolution'
import { useResolution } from './resolving'
import { onSendKey, useKeyOf } from './sending'
import { onVersion } from './ticket'
import type { Asked } from './Transitions'
import { useWorking } from './working'

/** One change of status with what it needs. */
export function TransitionBox({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, busy, write, seen, typing } = useWorking()
  const { transition } = asked
  // An answer that was begun beside goes on here.
  const [answer, setAnswer, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'public' })
  const [duplicateOf, setDuplicateOf] = useState(asked.duplicateOf ?? '')
  const [held, setHeld] = useState(false)
  const [begun] = useState(seen)
  const form = useRef<HTMLFormElement>(null)
  const keyOf = useKeyOf()
  const resolution = useResolution('move', answer, setAnswer)
  const resolves = transition.needs.includes('resolution')
  const comments = ticket.may.answer
  const needsComment = transition.needs.includes('comment')
  const needsBase = transition.needs.includes('duplicate_of')
  // What was attached to the answer goes out with it.
  const goes = comments && !needsBase
  const names = answer.files.map((file) => file.name).join(', ')
  // What stands at an input of this box is not said a second time below. A text is called by one name in an answer and by another here.
  const refusing = useRefusing(form, answer, [...(comments ? ['/comment', '/text'] : []), ...(needsBase ? ['/duplicate_of'] : [])])

  const send = async () => {
    refusing.clear()
    const gaps = comments ? left(answer.text, answer.blanks) : []
    setHeld(gaps.length > 0)
    if (gaps.length > 0) return markGap(form.current, gaps)
    const fields = resolves ? resolution.given : undefined
    const said = comments && answer.text.trim() !== ''
    const body = { transition: transition.key, comment: said ? answer.text : undefined, duplicate_of: needsBase ? duplicateOf.trim() : undefined, fields }
    // An answer goes out as an answer, with its files; only a base cannot be named there.
    const comment = goes && (said || answer.files.length > 0) ? { text: answer.text, visibility: 'public' as const, then: transition.key, attachments: answer.files.map((file) => file.id), fields } : undefined
    const outcome = await write({
      what: transition.title,
      mine: [{ label: t('transitions.comment'), text: answer.text }, ...(goes && answer.files.length > 0 ? [{ label: t('files.label'), text: names }] : []), ...(resolves ? resolution.pieces : [])],
      theirs: (now) => [{ label: t('transitions.title'), text: now.status.title }],
      seen: begun,
      send: (version): Promise<unknown> => {
        const params = { path: { tenant, number: ticket.number }, header: { ...onVersion(version), 'Idempotency-Key': keyOf({ body, comment, version }) } }
        return comment
          ? ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/comments', { params, body: comment }))
          : ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', { params, body }))
      },
      done: () => {
        // What did not go out stays in the box of the answer.
        if (!comments) setAnswer((was) => ({ ...was, values: resolves ? undefined : was.values }))
        else if (!goes && answer.files.length > 0) setAnswer((was) => ({ text: '', files: was.files }))
        else clear()
        onClose()
      },
      said: t('transitions.done', { status: transition.to.title }),
    })
    if (outcome === 'done' || outcome === 'late') return
    refusing.refuse(outcome, resolution.refused(outcome))
  }
  return (
    <Box onClose={onClose} title={transition.title} size="lg" dirty={duplicateOf !== (asked.duplicateOf ?? '')}>
      <form
        ref={form}
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
        {needsBase && (
          <Base
            value={duplicateOf}
            problem={refusing.at('/duplicate_of')}
            onChange={(number) => {
              refusing.clear()
              setDuplicateOf(number)
            }}
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
            error={refusing.text}
            onChange={(event) => {
              const text = event.currentTarget.value
              typing()
              setAnswer((was) => ({ ...was, text, seen: blank(was) ? begun : (was.seen ?? begun) }))
            }}
            data-autofocus={!needsBase || undefined}
          />
        )}
        {comments && answer.files.length > 0 && (
          <div className="goes">
            <p>{t(goes ? 'transitions.files' : 'transitions.files_stay')}</p>
            <ul aria-label={t('files.label')}>
              {answer.files.map((file) => (
                <li key={file.id}>
                  {file.name} <span className="dim tabular">{bytes(file.size)}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        {resolves && <Resolution resolution={resolution} />}
        {held && <Gaps writing={answer} />}
        {refusing.below && <Refused {...refusing.below} />}
        <Group mt="md">
          <Button type="submit" loading={busy} data-autofocus={!needsBase && !comments ? true : undefined}>
            {needsBase ? t('transitions.tie') : transition.title}
          </Button>
          <Cancel />
        </Group>
      </form>
    </Box>
  )
}
