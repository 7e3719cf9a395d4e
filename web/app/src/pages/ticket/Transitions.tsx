import { Button, Group, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread, transitionsQuery } from '../../api/queries'
import { Counter } from '../../form/Counter'
import { newKey } from '../../form/draft'
import { clean } from '../../form/pointer'
import { Failure } from '../../shell/ErrorScreen'
import { useKeptText } from '../../ui/kept'
import { SendButton } from '../../ui/SendButton'
import { StatusBadge } from '../../ui/StatusBadge'
import { messageAt, mostLetters } from './messages'

interface Props {
  tenant: string
  ticket: Schemas['TicketView']
}

/** What the requester may do with his ticket now, such as withdrawing it (R4.27); each is confirmed first. */
export function Transitions({ tenant, ticket }: Props) {
  const { t } = useTranslation()
  const possible = useQuery(transitionsQuery(tenant, ticket.number)).data?.filter((one) => one.allowed) ?? []
  const [chosen, setChosen] = useState<string>()
  const [done, setDone] = useState<string>()
  const transition = possible.find((one) => one.key === chosen)
  const told = useRef<HTMLParagraphElement>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const left = useRef<string>(undefined)
  useEffect(() => {
    // The box that had the focus is gone: it goes on where the box was opened, or with what came of it.
    if (chosen !== undefined || left.current === undefined) return
    const opener = buttons.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(left.current)}"]`)
    ;(done === undefined && opener ? opener : told.current)?.focus()
    left.current = undefined
  }, [chosen, done])
  const close = () => {
    left.current = chosen
    setChosen(undefined)
  }
  return (
    <section className="block" aria-label={t('move.title')}>
      <p role="status" tabIndex={-1} ref={told} className="told">
        {done ?? ''}
      </p>
      {transition ? (
        <Confirm
          tenant={tenant}
          number={ticket.number}
          transition={transition}
          onClose={close}
          onDone={() => {
            close()
            setDone(t('move.done', { status: transition.to.title }))
          }}
        />
      ) : (
        <Group ref={buttons}>
          {possible.map((one) => (
            <Button
              key={one.key}
              data-key={one.key}
              variant="default"
              onClick={() => {
                setDone(undefined)
                setChosen(one.key)
              }}
            >
              {one.title}
            </Button>
          ))}
        </Group>
      )}
    </section>
  )
}

interface ConfirmProps {
  tenant: string
  number: string
  transition: Schemas['TransitionView']
  onClose: () => void
  onDone: () => void
}

function Confirm({ tenant, number, transition, onClose, onDone }: ConfirmProps) {
  const { t } = useTranslation()
  const [comment, setComment] = useKeptText(`opora.move|${tenant}|${number}|${transition.key}`)
  const [key, setKey] = useState(newKey)
  const [empty, setEmpty] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const needed = transition.needs.includes('comment')
  useEffect(() => title.current?.focus(), [])
  const move = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/t/{tenant}/tickets/{number}/transitions', {
          params: { path: { tenant, number }, header: { 'Idempotency-Key': key } },
          body: { transition: transition.key, comment: comment.trim() || undefined },
        }),
      ),
    onSuccess: async () => {
      await reread([tenant, 'ticket', number])
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
      setComment('')
      onDone()
    },
    onError: (err) => {
      // With an unknown end the key stays, so that it is not done twice.
      if (err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401) setKey(newKey())
      if (messageAt(err, '/comment')) input.current?.focus()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (move.isPending) return
    const missing = needed && comment.trim() === ''
    setEmpty(missing)
    if (missing) input.current?.focus()
    else move.mutate()
  }
  const wrong = messageAt(move.error, '/comment')
  return (
    <form className="box" onSubmit={submit} noValidate>
      <h2 tabIndex={-1} ref={title}>
        {t('move.sure', { title: transition.title })}
      </h2>
      {transition.help && <p>{transition.help}</p>}
      <p>
        {t('move.to')} <StatusBadge status={transition.to} />
      </p>
      <div className="field">
        <Textarea
          ref={input}
          label={
            <>
              {t('move.comment')} {!needed && <span className="optional">{t('form.optional')}</span>}
            </>
          }
          error={empty && comment.trim() === '' ? t('reply.empty') : wrong}
          inputWrapperOrder={['label', 'description', 'error', 'input']}
          size="md"
          autosize
          minRows={2}
          value={comment}
          onChange={(event) => setComment(clean(event.currentTarget.value))}
        />
        <Counter length={[...comment].length} limit={mostLetters} from={0.7} />
      </div>
      {move.error && !wrong && <Failure error={move.error} />}
      <Group>
        <SendButton busy={move.isPending}>{transition.title}</SendButton>
        <Button variant="default" onClick={onClose}>
          {t('move.cancel')}
        </Button>
      </Group>
    </form>
  )
}
