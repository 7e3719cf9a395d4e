import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread } from '../../api/queries'
import { type KeptFile, newKey } from '../../form/draft'
import { Files } from '../../form/Files'
import { Failure } from '../../shell/ErrorScreen'
import { useKeptText } from '../../ui/kept'

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
  const [text, setText] = useKeptText(`opora.reply|${tenant}|${person}|${number}`)
  const [files, setFiles] = useState<KeptFile[]>([])
  const [key, setKey] = useState(newKey)
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
      setText('')
      setFiles([])
      setKey(newKey())
      await reread([tenant, 'ticket', number])
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
    },
    onError: (err) => {
      if (err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401) setKey(newKey())
    },
    onSettled: () => {
      sending.current = false
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (sending.current) return
    const nothing = text.trim() === '' && files.length === 0
    setEmpty(nothing)
    if (nothing) {
      input.current?.focus()
      return
    }
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
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {limits && <Files tenant={tenant} desk={ticket.desk} limits={limits} files={files} number={number} onLarge={() => void reread([tenant, 'ticket', number])} onChange={setFiles} />}
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
