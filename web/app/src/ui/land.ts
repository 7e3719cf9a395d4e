// Where the focus stands after what had it has gone: never on nothing, so that the keyboard goes on from there.
type Place = Element | null | undefined | (() => Element | null)

// What has the focus may go at once, or when the server's answer is drawn.
const patience = 4000
const step = 50
/** So long the nearer places have the first word; then the page's title takes the focus. */
const soon = 250

let wanted: Place[] = []
let begun = 0
let timer: ReturnType<typeof setTimeout> | undefined

// What had the focus lately, the newest first.
let trail: Element[] = []

/** Remembers from now on where the focus was: what waits for the server cannot keep it, and is asked about later. */
export function followFocus() {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element) trail = [target, ...trail].slice(0, 4)
  })
  // Who left a field for nothing, by Esc or by a press beside it, is led back into none: his keys are for the page.
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null || !(target instanceof Element)) return
    queueMicrotask(() => {
      if (lost() && target.isConnected && !target.matches(':disabled')) trail = []
    })
  })
}

/** What may have the focus when this moment's holder is gone: itself, the heading of its part of the page, what had it before. */
export function standing(): Place[] {
  const at = document.activeElement
  return [at, at?.closest('section')?.querySelector('h2'), ...trail]
}

/** Gives the focus to the first of these that can take it, else to the page's title, whenever nothing has it. */
export function land(places: readonly Place[]) {
  wanted = [...wanted, ...places]
  begun = Date.now()
  if (timer !== undefined) return
  timer = setTimeout(look)
  for (const sign of signs) window.addEventListener(sign, leave, { capture: true })
}

// Whoever goes on by himself is not led anywhere.
const signs = ['keydown', 'pointerdown'] as const

function leave() {
  clearTimeout(timer)
  timer = undefined
  wanted = []
  for (const sign of signs) window.removeEventListener(sign, leave, { capture: true })
}

function look() {
  const past = Date.now() - begun
  const last = [() => document.querySelector('[role=dialog] h2'), () => document.querySelector('h1.page-title')]
  for (const place of past < soon ? wanted : [...wanted, ...last]) {
    if (!lost()) break
    take(typeof place === 'function' ? place() : place)
  }
  if (past > patience) leave()
  else timer = setTimeout(look, step)
}

const lost = () => document.activeElement === null || document.activeElement === document.body

function take(place: Element | null | undefined) {
  if (!(place instanceof HTMLElement) || !place.isConnected || place === document.body) return
  if (/^H\d$/.test(place.tagName) && !place.hasAttribute('tabindex')) place.tabIndex = -1
  place.focus({ preventScroll: true })
}
