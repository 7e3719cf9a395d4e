// Commands of the console: each can be found in the command bar, and many have a key. Pages register theirs while
// they are open.
import { useLayoutEffect, useRef } from 'react'

export interface Command {
  id: string
  title: string
  /** The physical key (KeyboardEvent.code), the same in every layout; with shift: 'Shift+KeyA'. */
  key?: string
  run: () => void
  /** Only in the sheet of keys: nothing to choose in the bar. */
  keyOnly?: boolean
}

const pages = new Map<symbol, { group: string; list: () => Command[] }>()

/** Registers the commands of a page while it is shown. */
export function useCommands(group: string, commands: Command[]) {
  const latest = useRef(commands)
  // Before it is painted: whoever sees the page has its keys.
  useLayoutEffect(() => {
    latest.current = commands
  })
  useLayoutEffect(() => {
    const own = Symbol(group)
    pages.set(own, { group, list: () => latest.current })
    return () => void pages.delete(own)
  }, [group])
}

/** All commands of this moment by group; those of the innermost page first. */
export function currentCommands(): { group: string; commands: Command[] }[] {
  return [...pages.values()].map(({ group, list }) => ({ group, commands: list() })).filter(({ commands }) => commands.length > 0)
}

const kept = 'opora.keys'

/** Whether single keys work; who types by voice or slips often may switch them off (WCAG 2.1, 2.1.4). */
export function keysOn(): boolean {
  try {
    return localStorage.getItem(kept) !== 'off'
  } catch {
    return true
  }
}

export function setKeysOn(on: boolean) {
  try {
    if (on) localStorage.removeItem(kept)
    else localStorage.setItem(kept, 'off')
  } catch {
    // then they are on again after a reload
  }
}

const cyrillic: Record<string, string> = {
  A: 'Ф', B: 'И', C: 'С', D: 'В', E: 'У', F: 'А', G: 'П', H: 'Р', I: 'Ш', J: 'О', K: 'Л', L: 'Д', M: 'Ь', N: 'Т', O: 'Щ', P: 'З', Q: 'Й', R: 'К', S: 'Ы', T: 'Е', U: 'Г', V: 'М', W: 'Ц', X: 'Ч', Y: 'Н', Z: 'Я',
}

/** A key as it stands on the keyboard; in Russian with the letter that is printed beside. */
export function keyName(key: string, language: 'ru' | 'en'): string {
  const name = key.replace(/Key|Digit/, '').replace('Slash', '/').replace('Shift+', '⇧ ')
  const russian = cyrillic[name]
  return language === 'ru' && russian ? `${name} (${russian})` : name
}

/** The command of a key press, if the press is meant for one. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.code.startsWith('Digit')) return undefined
  if (!keysOn() || typing(event.target) || document.querySelector('[role=dialog]')) return undefined
  const pressed = event.shiftKey ? `Shift+${event.code}` : event.code
  for (const { list } of [...pages.values()].reverse()) {
    const found = list().find((command) => command.key === pressed)
    if (found) return found
  }
  return undefined
}

/** Whether keys go into what has the focus. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}
