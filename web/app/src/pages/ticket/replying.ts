import { type KeptFile, newKey, usable } from '../../form/draft'
import { clean } from '../../form/pointer'
import { type Kind, useKept } from '../../ui/kept'

interface Written {
  text: string
  files: KeptFile[]
  /** Idempotency-Key of the sending. */
  key: string
}

const nothing: Written = { text: '', files: [], key: '' }

const replies: Kind<Written> = {
  none: nothing,
  parse: (kept) => {
    const found = kept as Partial<Written> | null
    if (typeof found?.text !== 'string' || !Array.isArray(found.files) || typeof found.key !== 'string') return nothing
    return { ...found, files: usable(found.files, Date.now()) } as Written
  },
}

/** A reply while it is being written, kept on this device with its files until it is sent. */
export function useReplying(tenant: string, person: string, number: string) {
  const [written, setWritten] = useKept(`opora.reply|${tenant}|${person}|${number}`, replies)
  const change = (next: (now: Written) => Partial<Written>) =>
    setWritten((now) => {
      const changed = { ...now, ...next(now) }
      if (changed.text === '' && changed.files.length === 0) return nothing
      return changed.key === '' ? { ...changed, key: newKey() } : changed
    })
  return {
    ...written,
    setText: (text: string) => change(() => ({ text: clean(text) })),
    setFiles: (next: (files: KeptFile[]) => KeptFile[]) => change(({ files }) => ({ files: next(files) })),
    /** A sending that was refused for good is over; what is corrected is another one. */
    renew: () => change(() => ({ key: newKey() })),
    clear: () => setWritten(nothing),
  }
}
