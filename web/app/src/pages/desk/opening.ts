import { flushSync } from 'react-dom'

/**
 * Opens a chooser and gives its input the focus at once: who types on without waiting loses no letter, and none of
 * them is taken for a key of the page.
 */
export function openAt(open: () => void, name: string) {
  flushSync(open)
  document.querySelector<HTMLInputElement>(`.${name} input`)?.focus()
}
