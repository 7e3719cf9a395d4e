import { Button, Group, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread, transitionsQuery } from '../../api/queries'
import { newKey } from '../../form/draft'
import { Failure } from '../../shell/ErrorScreen'
import { useKeptText } from '../../ui/kept'
import { StatusBadge } from '../../ui/StatusBadge'

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
  return (
    <section className="block" aria-label={t('move.title')}>
      <p role="status">{done ?? ''}</p>
      {transition ? (
        <Confirm
          tenant={tenant}
          number={ticket.number}
          transition={transition}
          onClose={() => setChosen(undefined)}
          onDone={() => {
            setChosen(undefined)
            setDone(t('move.done', { status: transition.to.title }))
          }}
        />
      ) : (
        <Group>
          {possible.map((one) => (
            <Button key={one.key} variant="default" onClick={() => setChosen(one.key)}>
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
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (move.isPending) return
    const missing = needed && comment.trim() === ''
    setEmpty(missing)
    if (!missing) move.mutate()
  }
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
          label={
            <>
              {t('move.comment')} {!needed && <span className="optional">{t('form.optional')}</span>}
            </>
          }
          error={empty && comment.trim() === '' ? t('reply.empty') : undefined}
          inputWrapperOrder={['label', 'description', 'error', 'input']}
          size="md"
          autosize
          minRows={2}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      </div>
      {move.error && <Failure error={move.error} />}
      <Group>
        <Button type="submit" loading={move.isPending}>
          {transition.title}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('move.cancel')}
        </Button>
      </Group>
    </form>
  )
}
