import { Button, Group, Kbd } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import { Box } from './Box'
import { useWritten } from './drafts'
import { left } from './fill'
import { Gaps, markGap } from './Gaps'
import { Meanwhile } from './Meanwhile'
import { Refused } from './Refused'
import { useRefusing } from './refusing'
import { Resolution } from './Resolution'
import { useResolution } from './resolving'
import { onSendKey, useKeyOf } from './sending'
import { onVersion } from './ticket'
import { useWorking } from './working'

const textAlone = ['/text']

/** The answer to the requester: it closes the ticket, leaves it open, or makes the change that its template names. */
export function Answer({ transitions }: { transitions?: Schemas['TransitionView'][] }) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, busy, write, seen } = useWorking()
  const [writing, setWriting, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'public' })
  const [resolving, setResolving] = useState(false)
  const [held, setHeld] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const refusing = useRefusing(form, writing, textAlone)
  const resolution = useResolution('answer', writing, setWriting)
  const keyOf = useKeyOf()
  const allowed = transitions?.filter((one) => one.allowed) ?? []
  const closing = allowed.find((one) => one.answers)
  // What a template proposes beside its text; a base cannot be named here.
  const proposed = allowed.find((one) => one.key === writing.then && one !== closing && !one.needs.includes('duplicate_of'))
  // A closed ticket stays as it is: there is nothing to keep open.
  const keep = ticket.status.category === 'done' ? t('composer.only') : t('composer.keep')
  useEffect(() => {
    if (resolving) form.current?.querySelector<HTMLElement>('.resolution :is(textarea, input, select)')?.focus()
  }, [resolving])

  const send = async (transition?: Schemas['TransitionView']) => {
    refusing.clear()
    const gaps = left(writing.text, writing.blanks)
    setHeld(gaps.length > 0)
    if (gaps.length > 0) return markGap(form.current, gaps)
    const needs = transition?.needs.includes('resolution') === true
    if (needs && resolution.model && !resolving) {
      setResolving(true)
      return
    }
    // A resolution may be the whole answer.
    if (!needs && refusing.empty()) return
    const then = transition === undefined ? 'keep' : transition === closing ? 'close' : transition.key
    const attachments = writing.files.map((file) => file.id)
    const fields = needs ? resolution.given : undefined
    const bare = needs && writing.text.trim() === '' && attachments.length === 0
    const move = bare ? { transition: transition.key, fields } : undefined
    const comment = { text: writing.text, visibility: 'public' as const, then, attachments, fields }
    const outcome = await write({
      what: transition === undefined ? keep : transition === closing ? t('composer.close') : transition.title,
      mine: [{ label: t('composer.reply'), text: writing.text }, ...(needs ? resolution.pieces : [])],
      seen: writing.seen ?? seen,
      send: (version): Promise<unknown> => {
        const params = { path: { tenant, number: ticket.number }, header: { ...onVersion(version), 'Idempotency-Key': keyOf({ move, comment, version }) } }
        return move
          ? ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', { params, body: move }))
          : ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/comments', { params, body: comment }))
      },
      done: () => {
        clear()
        resolution.clear()
        setResolving(false)
      },
      said: transition === undefined ? t('composer.sent') : transition === closing ? t('composer.closed') : t('composer.moved', { status: transition.to.title }),
    })
    if (outcome === 'done' || outcome === 'late') return
    refusing.refuse(outcome, resolution.refused(outcome))
  }
  const first = proposed ?? closing
  // What follows an answer is read beside the ticket: who sends before it is there means it all the same.
  const known = transitions !== undefined && resolution.known
  const [wanted, setWanted] = useState<'first' | 'closing'>()
  const follow = (which: 'first' | 'closing') => {
    if (known) void send(which === 'first' ? first : closing)
    else setWanted(which)
  }
  useEffect(() => {
    if (!known || !wanted) return
    setWanted(undefined)
    follow(wanted)
  })
  const sending = busy || wanted !== undefined
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        follow('first')
      }}
      onKeyDown={(event) => onSendKey(event, () => (event.shiftKey ? void send() : follow('first')))}
    >
      <p className="composer__to">{t('composer.to', { name: ticket.requester?.name ?? '' })}</p>
      <Meanwhile writing={writing} setWriting={setWriting} />
      <Box label={t('composer.reply')} kind="public" problem={refusing.text} writing={writing} setWriting={setWriting} />
      {(resolving || resolution.begun) && <Resolution resolution={resolution} />}
      {held && <Gaps writing={writing} />}
      {refusing.below && <Refused {...refusing.below} />}
      <Group mt="sm" gap="sm">
        {proposed && (
          <Button type="submit" loading={sending} title={proposed.help}>
            {t('composer.proposed', { title: proposed.title })}
          </Button>
        )}
        {closing && (
          <Button type={proposed ? 'button' : 'submit'} variant={proposed ? 'default' : 'filled'} loading={sending} title={closing.help} onClick={proposed && (() => follow('closing'))}>
            {t('composer.close')}
          </Button>
        )}
        <Button variant={first ? 'default' : 'filled'} loading={sending} onClick={() => void send()}>
          {keep}
        </Button>
        {first && <span className="dim">{t(proposed ? 'composer.becomes_then' : 'composer.becomes', { status: first.to.title })}</span>}
      </Group>
      <p className="dim composer__keys">
        <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> {proposed ? proposed.title : closing ? t('composer.close') : keep}
        {first && (
          <>
            {' · '}
            <Kbd>Ctrl</Kbd> <Kbd>Shift</Kbd> <Kbd>Enter</Kbd> {keep}
          </>
        )}
      </p>
    </form>
  )
}
