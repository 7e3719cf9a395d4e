import { Button, Group, Kbd, Tabs, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { formQuery } from '../../../api/queries'
import { newKey } from '../../../form/draft'
import { Files } from '../../../form/Files'
import { Failure } from '../../../shell/ErrorScreen'
import { useCommands } from '../commands'
import { useWritten, type Writing } from './drafts'
import { Entry } from './History'
import { Resolution, useResolution } from './Resolution'
import { onVersion } from './ticket'
import { useWorking } from './working'

type Kind = 'public' | 'internal'

/** The answer to the requester and the note to colleagues: two boxes that cannot be taken for one another. */
export function Composer({ transitions }: { transitions: Schemas['TransitionView'][] }) {
  const { t } = useTranslation('desk')
  const { rights } = useWorking()
  const [kind, setKind] = useState<Kind>(rights.reply ? 'public' : 'internal')
  const box = useRef<HTMLDivElement>(null)
  const focus = (next: Kind) => {
    setKind(next)
    setTimeout(() => {
      const area = box.current?.querySelector<HTMLTextAreaElement>(`[data-kind="${next}"] textarea`)
      area?.scrollIntoView({ block: 'center' })
      area?.focus({ preventScroll: true })
    }, 30)
  }
  useCommands(t('composer.title'), [
    ...(rights.reply ? [{ id: 'reply', title: t('composer.reply'), key: 'KeyR', run: () => focus('public') }] : []),
    ...(rights.note ? [{ id: 'note', title: t('composer.note'), key: 'KeyN', run: () => focus('internal') }] : []),
  ])
  if (!rights.reply && !rights.note) return <p className="section">{t('composer.nothing')}</p>
  return (
    <section className="section" aria-labelledby="composer-title" ref={box}>
      <h2 id="composer-title" className="visually-hidden">
        {t('composer.title')}
      </h2>
      {!rights.reply && <p>{t('composer.silent')}</p>}
      <Tabs value={kind} onChange={(value) => setKind(value === 'public' ? 'public' : 'internal')} keepMounted={false}>
        <Tabs.List>
          {rights.reply && <Tabs.Tab value="public">{t('composer.reply')}</Tabs.Tab>}
          <Tabs.Tab value="internal">{t('composer.note')}</Tabs.Tab>
        </Tabs.List>
        {rights.reply && (
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

/** The Idempotency-Key of what is being sent: the same contents keep theirs, so that a repeat is no second letter. */
function useKeyOf() {
  const last = useRef({ contents: '', key: '' })
  return (contents: unknown) => {
    const text = JSON.stringify(contents)
    if (last.current.contents !== text) last.current = { contents: text, key: newKey() }
    return last.current.key
  }
}

function Answer({ transitions }: { transitions: Schemas['TransitionView'][] }) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, busy, write, seen } = useWorking()
  const [writing, setWriting, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'public' })
  const [failure, setFailure] = useState<ApiError>()
  const resolution = useResolution()
  const keyOf = useKeyOf()
  const closing = transitions.find((one) => one.answers && one.allowed)
  // A closed ticket stays as it is: there is nothing to keep open.
  const keep = ticket.status.category === 'done' ? t('composer.only') : t('composer.keep')
  const path = { tenant, number: ticket.number }
  const attachments = writing.files.map((file) => file.id)

  const send = async (then: 'keep' | 'close') => {
    setFailure(undefined)
    const needs = then === 'close' && closing?.needs.includes('resolution')
    const fields = needs ? resolution.given : undefined
    // A resolution may be the whole answer.
    const bare = needs && writing.text.trim() === '' && attachments.length === 0
    const move = bare ? { transition: closing?.key ?? '', fields } : undefined
    const comment = { text: writing.text, visibility: 'public' as const, then, attachments, fields }
    const outcome = await write({
      what: then === 'close' ? t('composer.close') : t('composer.keep'),
      mine: [{ label: t('composer.reply'), text: writing.text }, ...resolution.pieces],
      seen: writing.seen ?? seen,
      send: (version): Promise<unknown> => {
        const params = { path, header: { ...onVersion(version), 'Idempotency-Key': keyOf({ move, comment, version }) } }
        return move
          ? ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', { params, body: move }))
          : ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/comments', { params, body: comment }))
      },
      done: () => {
        clear()
        resolution.clear()
      },
      said: then === 'close' ? t('composer.closed') : t('composer.sent'),
    })
    if (outcome === 'done' || outcome === 'late') return
    setFailure(resolution.refused(outcome) ? undefined : outcome)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send(closing ? 'close' : 'keep')
      }}
      onKeyDown={(event) => onSendKey(event, () => void send(event.shiftKey || !closing ? 'keep' : 'close'))}
    >
      <p className="composer__to">{t('composer.to', { name: ticket.requester?.name ?? '' })}</p>
      <Meanwhile writing={writing} setWriting={setWriting} />
      <Box label={t('composer.reply')} writing={writing} setWriting={setWriting} />
      <Resolution resolution={resolution} />
      {failure && <Refused failure={failure} />}
      <Group mt="sm" gap="sm">
        {closing && (
          <Button type="submit" loading={busy} title={closing.help}>
            {t('composer.close')}
          </Button>
        )}
        <Button variant={closing ? 'default' : 'filled'} loading={busy} onClick={() => void send('keep')}>
          {keep}
        </Button>
        {closing && <span className="dim">{t('composer.becomes', { status: closing.to.title })}</span>}
      </Group>
      <p className="dim composer__keys">
        <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> {closing ? t('composer.close') : keep}
        {closing && (
          <>
            {' · '}
            <Kbd>Ctrl</Kbd> <Kbd>Shift</Kbd> <Kbd>Enter</Kbd> {t('composer.keep')}
          </>
        )}
      </p>
    </form>
  )
}

function Note() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, busy, write, seen } = useWorking()
  const [writing, setWriting, clear] = useWritten({ tenant, person: me.id, number: ticket.number, kind: 'internal' })
  const [failure, setFailure] = useState<ApiError>()
  const keyOf = useKeyOf()
  const send = async () => {
    setFailure(undefined)
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
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onKeyDown={(event) => onSendKey(event, () => void send())}
    >
      <p className="composer__to">{t('composer.only_agents')}</p>
      <Meanwhile writing={writing} setWriting={setWriting} />
      <Box label={t('composer.note')} writing={writing} setWriting={setWriting} />
      {failure && <Refused failure={failure} />}
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

function onSendKey(event: KeyboardEvent, send: () => void) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  send()
}

interface BoxProps {
  writing: Writing
  setWriting: (change: (writing: Writing) => Writing) => void
}

function Box({ label, writing, setWriting }: BoxProps & { label: string }) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, seen } = useWorking()
  const form = useQuery({ ...formQuery(tenant, ticket.desk, ticket.form), refetchOnWindowFocus: false })
  // The first letter fixes what the writer has seen: what others do after it is told before sending.
  const begun = (was: Writing) => (was.text === '' && was.files.length === 0 ? seen : (was.seen ?? seen))
  return (
    <>
      <Textarea
        label={label}
        autosize
        minRows={4}
        maxRows={30}
        maxLength={20_000}
        value={writing.text}
        onChange={(event) => {
          const text = event.currentTarget.value
          setWriting((was) => ({ ...was, text, seen: begun(was) }))
        }}
      />
      {form.data && (
        <details className="composer__files" open={writing.files.length > 0 || undefined}>
          <summary>{t('composer.files')}</summary>
          <Files
            tenant={tenant}
            desk={ticket.desk}
            limits={form.data.limits}
            files={writing.files}
            onChange={(change) => setWriting((was) => ({ ...was, files: change(was.files), seen: begun(was) }))}
          />
        </details>
      )}
    </>
  )
}

/** What others did while this was being written. */
function Meanwhile({ writing, setWriting }: BoxProps) {
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

/** Why a text was refused: the server's sentence, and each problem. */
function Refused({ failure }: { failure: ApiError }) {
  return (
    <>
      <Failure error={failure} />
      {failure.errors.map((problem) => (
        <p key={problem.pointer + problem.code} className="problem">
          {problem.message}
        </p>
      ))}
    </>
  )
}

