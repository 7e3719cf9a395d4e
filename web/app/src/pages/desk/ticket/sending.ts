import { type KeyboardEvent, useRef } from 'react'

import { newKey } from '../../../form/draft'

/** The Idempotency-Key of what is being sent: the same contents keep theirs, so that a repeat is no second letter. */
export function useKeyOf() {
  const last = useRef({ contents: '', key: '' })
  return (contents: unknown) => {
    const text = JSON.stringify(contents)
    if (last.current.contents !== text) last.current = { contents: text, key: newKey() }
    return last.current.key
  }
}

/** Ctrl+Enter sends. */
export function onSendKey(event: KeyboardEvent, send: () => void) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  send()
}
