/** A part of the pages, with a first page of its own. */
export type Part = 'operator' | 'desk' | 'admin' | 'requester'

/** The part of the pages that an address belongs to. */
export function partOf(pathname: string): Part {
  const [first, , third] = pathname.split('/').filter((name) => name !== '')
  if (first === 'operator') return 'operator'
  return first === 't' && (third === 'desk' || third === 'admin') ? third : 'requester'
}
