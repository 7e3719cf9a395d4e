import { Button, CloseButton, Progress } from '@mantine/core'
import { type DragEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { bytes } from '../ui/format'
import { useFailure } from '../ui/failure'
import type { KeptFile } from './draft'
import type { FilesState } from './hold'
import { inputId } from './pointer'
import { type Sending, useUploads } from './uploads'

interface Props {
  tenant: string
  desk: string
  limits: Schemas['LimitsView']
  label?: string
  hint?: string
  problem?: string
  files: KeptFile[]
  /** The ticket that a file too large for a form may be added to, once the message has been sent. */
  number?: string
  /** Sends what has waited for the message. */
  release?: Ref<() => void>
  onLarge?: () => void
  /** Told what is not with the server yet, so that nothing is sent without it. */
  onState?: (state: FilesState) => void
  onChange: (change: (files: KeptFile[]) => KeptFile[]) => void
}

/** Files of a form or of a message: the limits first, then each file with its progress or with why it was refused. */
export function Files({ tenant, desk, limits, label, hint, problem, files, number, release: released, onLarge, onState, onChange }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const id = inputId('/attachments')
  const { sending, room, add, remove, removeRefused, again, release } = useUploads({
    tenant,
    desk,
    limits,
    count: files.length,
    number,
    onFile: (file) => onChange((all) => [...all, file]),
    onLarge,
    onState,
  })
  useImperativeHandle(released, () => release)
  // What had the focus is taken away with its file: the next one has it then, or the button below.
  const list = useRef<HTMLUListElement>(null)
  const focusNear = (index: number) =>
    requestAnimationFrame(() => {
      const buttons = list.current?.querySelectorAll<HTMLElement>('.files__remove') ?? []
      ;(buttons[Math.min(index, buttons.length - 1)] ?? document.getElementById(id))?.focus()
    })
  const refused = sending.filter((one) => one.refused !== undefined)
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    add([...event.dataTransfer.files])
  }
  // A screenshot is pasted wherever the cursor stands; a text that carries a picture along stays a text.
  const latest = useRef(add)
  useEffect(() => {
    latest.current = add
  })
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const data = event.clipboardData
      if (!data || data.files.length === 0 || data.types.includes('text/plain')) return
      event.preventDefault()
      latest.current([...data.files])
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [])
  return (
    <fieldset
      className={over ? 'fieldset dropping' : 'fieldset'}
      aria-describedby={`${id}-hint`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
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
      <ul className="files" aria-live="polite" ref={list}>
        {files.map((file, index) => (
          <li key={file.id}>
            <span className="files__name">{file.name}</span>
            <span className="files__size">{bytes(file.size)}</span>
            <CloseButton
              className="files__remove"
              aria-label={t('files.remove', { name: file.name })}
              onClick={() => {
                onChange((all) => all.filter((other) => other.id !== file.id))
                focusNear(index)
              }}
            />
          </li>
        ))}
        {sending.map((one, index) => (
          <SendingFile
            key={one.key}
            one={one}
            mayAgain={one.refused === undefined || (one.many === true && room > 0)}
            onRemove={() => {
              remove(one)
              focusNear(files.length + index)
            }}
            onAgain={() => {
              again(one)
              focusNear(files.length + index)
            }}
          />
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
      {refused.length > 1 && (
        <Button
          variant="subtle"
          ml="sm"
          onClick={() => {
            removeRefused()
            document.getElementById(id)?.focus()
          }}
        >
          {t('files.remove_refused', { count: refused.length })}
        </Button>
      )}
    </fieldset>
  )
}

function SendingFile({ one, mayAgain, onRemove, onAgain }: { one: Sending; mayAgain: boolean; onRemove: () => void; onAgain: () => void }) {
  const { t } = useTranslation()
  const failure = useFailure(one.error)
  const why = one.refused ?? (one.error ? failure.text : undefined)
  return (
    <li className={why ? 'files__bad' : undefined}>
      <span className="files__name">{one.file.name}</span>
      <span className="files__size">{bytes(one.file.size)}</span>
      <CloseButton className="files__remove" aria-label={t('files.remove', { name: one.file.name })} onClick={onRemove} />
      {why ? (
        <p className="problem">
          {t('files.refused', { why })}
          {mayAgain && (
            <>
              {' '}
              <button type="button" className="link-button" onClick={onAgain}>
                {t('files.again')}
              </button>
            </>
          )}
        </p>
      ) : one.later ? (
        <p className="hint files__progress">{t('files.waits')}</p>
      ) : (
        <Progress className="files__progress" value={one.share * 100} aria-label={t('files.progress', { name: one.file.name })} />
      )}
    </li>
  )
}
