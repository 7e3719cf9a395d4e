/** The number of a ticket that somebody typed, with or without its hyphen; undefined where it is none. */
export function numberOf(text: string): string | undefined {
  const typed = text.trim().toUpperCase()
  if (/^\p{L}[\p{L}\d-]*-\d{2,}$/u.test(typed)) return typed
  const [, prefix, counter] = /^(\p{L}{1,8})(\d{3,})$/u.exec(typed) ?? []
  return prefix && counter ? `${prefix}-${counter}` : undefined
}
