// Files on their way to the server: each with its progress, or with why it was refused.
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { bytes } from '../ui/format'
import { type KeptFile, keptFile } from './draft'
import type { FilesState } from './hold'
import { upload, uploadLarge } from './upload'

export interface Sending {
  key: number
  file: File
  share: number
  stop: AbortController
  /** Why it was refused before it was sent. */
  refused?: string
  /** It was refused only because there were too many. */
  many?: boolean
  /** It goes to the ticket when the message has been sent. */
  later?: boolean
  /** Why sending it failed; it may be sent again. */
  error?: unknown
}

interface Options {
  tenant: string
  desk: string
  limits: Schemas['LimitsView']
  /** How many files are there already. */
  count: number
  /** The ticket that a file too large for a form may be added to, once the message has been sent. */
  number?: string
  onFile: (file: KeptFile) => void
  onLarge?: () => void
  onState?: (state: FilesState) => void
}

let counter = 0

/** Sends the files that were chosen, and keeps those that were not taken until they are put away. */
export function useUploads({ tenant, desk, limits, count, number, onFile, onLarge, onState }: Options) {
  const { t } = useTranslation()
  const [sending, setSending] = useState<Sending[]>([])
  const patch = (key: number, change: Partial<Sending>) => setSending((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))
  const drop = (key: number) => setSending((all) => all.filter((one) => one.key !== key))

  const refused = sending.filter((one) => one.refused !== undefined || one.error !== undefined).length
  const later = sending.filter((one) => one.later).length
  const uploading = sending.length - refused - later
  useEffect(() => onState?.({ uploading, refused, later }), [onState, uploading, refused, later])

  const byLink = (file: File) => file.size > limits.max_bytes && file.size <= limits.link_max_bytes
  const start = (one: Sending) => {
    const onProgress = (share: number) => patch(one.key, { share })
    const refuse = (error: unknown) => {
      if (!one.stop.signal.aborted) patch(one.key, { error })
    }
    const signal = one.stop.signal
    if (number !== undefined && byLink(one.file)) {
      uploadLarge({ tenant, number, file: one.file, signal, onProgress }).then(() => {
        drop(one.key)
        onLarge?.()
      }, refuse)
      return
    }
    upload({ tenant, desk, file: one.file, signal, onProgress }).then((view) => {
      drop(one.key)
      onFile(keptFile(view, Date.now()))
    }, refuse)
  }
  const whyNot = (file: File, room: number): string | undefined => {
    if (file.size > limits.max_bytes) {
      const why = t('files.too_large', { size: bytes(file.size), limit: bytes(limits.max_bytes) })
      return byLink(file) ? `${why}. ${t('files.later', { limit: bytes(limits.link_max_bytes) })}` : why
    }
    if (file.size === 0) return t('files.empty')
    return room <= 0 ? t('files.too_many', { count: limits.max_count }) : undefined
  }
  const add = (chosen: File[]) => {
    let room = limits.max_count - count - uploading
    const fresh = chosen.map((file): Sending => {
      const one: Sending = { key: ++counter, file, share: 0, stop: new AbortController() }
      if (number !== undefined && byLink(file)) return { ...one, later: true }
      const why = whyNot(file, room)
      if (why === undefined) room--
      return { ...one, refused: why, many: why !== undefined && whyNot(file, 1) === undefined }
    })
    setSending((all) => [...all, ...fresh])
    for (const one of fresh) if (one.refused === undefined && !one.later) start(one)
  }
  return {
    sending,
    /** How many more files are taken. */
    room: limits.max_count - count - uploading,
    add,
    remove: (one: Sending) => {
      one.stop.abort()
      drop(one.key)
    },
    removeRefused: () => setSending((all) => all.filter((one) => one.refused === undefined && one.error === undefined)),
    again: (one: Sending) => {
      const sent = { ...one, refused: undefined, error: undefined, share: 0 }
      patch(one.key, sent)
      start(sent)
    },
    /** Sends what has waited for the message. */
    release: () => {
      for (const one of sending) {
        if (!one.later) continue
        patch(one.key, { later: false })
        start(one)
      }
    },
  }
}
