import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread } from '../../api/queries'
import { Files } from '../../form/Files'
import { type FilesState, useFilesHold } from '../../form/uploads'
import { Failure } from '../../shell/ErrorScreen'
import { useReplying } from './replying'

interface Props {
  tenant: string
  ticket: Schemas['TicketView']
  person: string
  limits?: Schemas['LimitsView']
}

/** The requester's explanations, with files (R4.26). */
export function Reply({ tenant, ticket, person, limits }: Props) {
  const { t } = useTranslation()
  const { number } = ticket
  const reply = useReplying(tenant, person, number)
  const { text, files, key } = reply
  const [onTheirWay, setOnTheirWay] = useState<FilesState>({ uploading: 0, refused: 0 })
  const [held, setHeld] = useState(false)
  const hold = useFilesHold(onTheirWay)
  const [empty, setEmpty] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const sending = useRef(false)
  const send = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/t/{tenant}/tickets/{number}/comments', {
          params: { path: { tenant, number }, header: { 'Idempotency-Key': key } },
          body: { text: text.trim(), visibility: 'public', attachments: files.map((file) => file.id) },
        }),
      ),
    onSuccess: async () => {
      reply.clear()
      await reread([tenant, 'ticket', number])
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
    },
    onError: (err) => {
      if (err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401) reply.renew()
    },
    onSettled: () => {
      sending.current = false
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (sending.current) return
    setHeld(hold !== undefined)
    if (hold !== undefined) return
    const nothing = text.trim() === '' && files.length === 0
    setEmpty(nothing)
    if (nothing) return input.current?.focus()
    sending.current = true
    send.mutate()
  }
  return (
    <form className="block box" onSubmit={submit} noValidate aria-labelledby="reply">
      <h2 id="reply">{t('reply.title')}</h2>
      <div className="field">
        <Textarea
          ref={input}
          label={t('reply.text')}
          description={t('reply.hint')}
          error={empty && text.trim() === '' ? t('reply.empty') : undefined}
          inputWrapperOrder={['label', 'description', 'error', 'input']}
          size="md"
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          onChange={(event) => reply.setText(event.currentTarget.value)}
        />
      </div>
      {limits && (
        <Files
          tenant={tenant}
          desk={ticket.desk}
          limits={limits}
          problem={held ? hold : undefined}
          files={files}
          number={number}
          onLarge={() => void reread([tenant, 'ticket', number])}
          onState={setOnTheirWay}
          onChange={reply.setFiles}
        />
      )}
      {send.error && <Failure error={send.error} />}
      <Button type="submit" loading={send.isPending}>
        {t('reply.send')}
      </Button>
      <p role="status" className="hint">
        {send.isSuccess && text === '' ? t('reply.sent') : ''}
      </p>
    </form>
  )
}
