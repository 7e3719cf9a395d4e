import { Button, CloseButton, Progress } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { bytes } from '../ui/format'
import { useFailure } from '../ui/failure'
import { type KeptFile, keptFile } from './draft'
import { inputId } from './pointer'
import { upload, uploadLarge } from './upload'

interface Props {
  tenant: string
  desk: string
  limits: Schemas['LimitsView']
  label?: string
  hint?: string
  problem?: string
  files: KeptFile[]
  /** The ticket that a file too large for a form may be added to at once. */
  number?: string
  onLarge?: () => void
  onChange: (change: (files: KeptFile[]) => KeptFile[]) => void
}

interface Sending {
  key: number
  file: File
  share: number
  stop: AbortController
  /** Why it was refused; a refused file can be sent again or taken away. */
  refused?: string
  error?: unknown
}

let counter = 0

/** Files of a form or of a message: the limits first, then each file with its progress or with why it was refused. */
export function Files({ tenant, desk, limits, label, hint, problem, files, number, onLarge, onChange }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [sending, setSending] = useState<Sending[]>([])
  const id = inputId('/attachments')
  const patch = (key: number, change: Partial<Sending>) => setSending((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))

  const byLink = (file: File) => file.size > limits.max_bytes && file.size <= limits.link_max_bytes
  const start = (one: Sending) => {
    const refuse = (error: unknown) => {
      if (!one.stop.signal.aborted) patch(one.key, { error })
    }
    if (number !== undefined && byLink(one.file)) {
      uploadLarge({ tenant, number, file: one.file, signal: one.stop.signal, onProgress: (share) => patch(one.key, { share }) }).then(() => {
        setSending((all) => all.filter((other) => other.key !== one.key))
        onLarge?.()
      }, refuse)
      return
    }
    upload({ tenant, desk, file: one.file, signal: one.stop.signal, onProgress: (share) => patch(one.key, { share }) }).then(
      (view) => {
        setSending((all) => all.filter((other) => other.key !== one.key))
        onChange((all) => [...all, keptFile(view, Date.now())])
      },
      refuse,
    )
  }
  const add = (chosen: File[]) => {
    let room = limits.max_count - files.length - sending.filter((one) => !one.refused).length
    const fresh = chosen.map((file): Sending => {
      const one: Sending = { key: ++counter, file, share: 0, stop: new AbortController() }
      if (byLink(file) && number !== undefined) return one
      if (file.size > limits.max_bytes) {
        one.refused = t('files.too_large', { size: bytes(file.size), limit: bytes(limits.max_bytes) })
        if (byLink(file)) one.refused += `. ${t('files.later', { limit: bytes(limits.link_max_bytes) })}`
      }
      if (one.refused) return one
      if (file.size === 0) one.refused = t('files.empty')
      else if (room-- <= 0) one.refused = t('files.too_many', { count: limits.max_count })
      return one
    })
    setSending((all) => [...all, ...fresh])
    for (const one of fresh) if (!one.refused) start(one)
  }
  const remove = (one: Sending) => {
    one.stop.abort()
    setSending((all) => all.filter((other) => other.key !== one.key))
  }
  const again = (one: Sending) => {
    patch(one.key, { error: undefined, share: 0 })
    start(one)
  }
  return (
    <fieldset className="fieldset" aria-describedby={`${id}-hint`}>
      <legend>
        {label ?? t('files.label')} <span className="optional">{t('form.optional')}</span>
      </legend>
      <div id={`${id}-hint`}>
        {(hint ?? limits.help) && <p className="hint">{hint ?? limits.help}</p>}
        <p className="hint">{t('files.limits', { count: limits.max_count, size: bytes(limits.max_bytes) })}</p>
        {number !== undefined && limits.link_max_bytes > limits.max_bytes && <p className="hint">{t('files.large', { limit: bytes(limits.link_max_bytes) })}</p>}
      </div>
      {problem && (
        <p className="problem" id={`${id}-error`}>
          {problem}
        </p>
      )}
      <ul className="files" aria-live="polite">
        {files.map((file) => (
          <li key={file.id}>
            <span className="files__name">{file.name}</span>
            <span className="files__size">{bytes(file.size)}</span>
            <CloseButton aria-label={t('files.remove', { name: file.name })} onClick={() => onChange((all) => all.filter((other) => other.id !== file.id))} />
          </li>
        ))}
        {sending.map((one) => (
          <SendingFile key={one.key} one={one} onRemove={() => remove(one)} onAgain={() => again(one)} />
        ))}
      </ul>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <Button id={id} variant="default" onClick={() => input.current?.click()} aria-describedby={problem ? `${id}-error` : undefined}>
        <span aria-hidden>+&nbsp;</span>
        {files.length + sending.length > 0 ? t('files.more') : t('files.choose')}
      </Button>
    </fieldset>
  )
}

function SendingFile({ one, onRemove, onAgain }: { one: Sending; onRemove: () => void; onAgain: () => void }) {
  const { t } = useTranslation()
  const failure = useFailure(one.error)
  const why = one.refused ?? (one.error ? failure.text : undefined)
  return (
    <li className={why ? 'files__bad' : undefined}>
      <span className="files__name">{one.file.name}</span>
      <span className="files__size">{bytes(one.file.size)}</span>
      <CloseButton aria-label={t('files.remove', { name: one.file.name })} onClick={onRemove} />
      {why ? (
        <p className="problem">
          {t('files.refused', { why })}
          {!one.refused && (
            <>
              {' '}
              <button type="button" className="link-button" onClick={onAgain}>
                {t('files.again')}
              </button>
            </>
          )}
        </p>
      ) : (
        <Progress className="files__progress" value={one.share * 100} aria-label={t('files.progress', { name: one.file.name })} />
      )}
    </li>
  )
}
