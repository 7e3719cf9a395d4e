// The way through the list: what was opened last, and what stood before and after it.
let numbers: string[] = []
let last: string | undefined
let view: object = {}

/** Notes the list as it stands, with the view that it was read by. */
export function noteList(shown: string[], by: object) {
  numbers = shown
  view = by
}

/** Notes the ticket that was opened. */
export function noteOpened(number: string) {
  last = number
}

export const lastOpened = () => last
export const lastView = () => view

/** The ticket that many places further in the list. */
export function beside(number: string, step: 1 | -1): string | undefined {
  const at = numbers.indexOf(number)
  return at < 0 ? undefined : numbers[at + step]
}
