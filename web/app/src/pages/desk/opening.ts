import { flushSync } from 'react-dom'

/**
 * Opens a chooser and gives its input the focus at once: who types on without waiting loses no letter, and none of
 * them is taken for a key of the page.
 */
export function openAt(open: () => void, name: string) {
  flushSync(open)
  document.querySelector<HTMLInputElement>(`.${name} input`)?.focus()
  // What scrolls is reached by the keyboard too; it is drawn a moment after the input.
  setTimeout(() => document.querySelector(`.${name} .mantine-ScrollArea-viewport`)?.setAttribute('tabindex', '0'), 100)
}
