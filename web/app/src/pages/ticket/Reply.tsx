import { Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries, reread } from '../../api/queries'
import { Counter } from '../../form/Counter'
import { Files } from '../../form/Files'
import { type FilesState, useFilesHold } from '../../form/hold'
import { Failure } from '../../shell/ErrorScreen'
import { SendButton } from '../../ui/SendButton'
import { messageAt, mostLetters } from './messages'
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
  const [onTheirWay, setOnTheirWay] = useState<FilesState>({ uploading: 0, refused: 0, later: 0 })
  const [held, setHeld] = useState(false)
  const hold = useFilesHold(onTheirWay)
  const [empty, setEmpty] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const sending = useRef(false)
  const release = useRef<() => void>(null)
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
      release.current?.()
      await reread([tenant, 'ticket', number])
      void queries.invalidateQueries({ queryKey: [tenant, 'tickets'] })
    },
    onError: (err) => {
      if (err instanceof ApiError && !err.passing && err.status < 500 && err.status !== 401) reply.renew()
      if (messageAt(err, '/text')) input.current?.focus()
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
    const bare = text.trim() === '' && files.length === 0
    const nothing = bare && onTheirWay.later === 0
    setEmpty(nothing)
    if (nothing) return input.current?.focus()
    // Files that are too large for a message are what is sent.
    if (bare) return release.current?.()
    sending.current = true
    send.mutate()
  }
  const wrong = messageAt(send.error, '/text')
  return (
    <form className="block box" onSubmit={submit} noValidate aria-labelledby="reply">
      <h2 id="reply">{t('reply.title')}</h2>
      <div className="field">
        <Textarea
          ref={input}
          label={t('reply.text')}
          description={t('reply.hint')}
          error={empty && text.trim() === '' ? t('reply.empty') : wrong}
          inputWrapperOrder={['label', 'description', 'error', 'input']}
          size="md"
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          onChange={(event) => reply.setText(event.currentTarget.value)}
        />
        <Counter length={[...text].length} limit={mostLetters} from={0.7} />
      </div>
      {limits && (
        <Files
          tenant={tenant}
          desk={ticket.desk}
          limits={limits}
          problem={held ? hold : undefined}
          files={files}
          number={number}
          release={release}
          onLarge={() => void reread([tenant, 'ticket', number])}
          onState={setOnTheirWay}
          onChange={reply.setFiles}
        />
      )}
      {send.error && !wrong && <Failure error={send.error} />}
      <SendButton busy={send.isPending}>{t('reply.send')}</SendButton>
      <p role="status" className="hint">
        {send.isSuccess && text === '' ? t('reply.sent') : ''}
      </p>
    </form>
  )
}
