export interface TicketFilter {
  on?: boolean
  mine?: boolean
  organisation?: string
  desk?: string
  q?: string
}

/** The INN in what was typed, without the word, spaces and signs that come along; undefined where it is none. */
export function innOf(text: string): string | undefined {
  const inn = text.replace(/инн|inn/gi, '').replace(/[\s\p{Cf}:№.-]/gu, '')
  return inn === '' || /^(\d{10}|\d{12})$/.test(inn) ? inn : undefined
}

// The last digits of an INN are counted from the others: one of ten digits has one, one of twelve has two.
const weights = [
  [2, 4, 10, 3, 5, 9, 4, 6, 8],
  [7, 2, 4, 10, 3, 5, 9, 4, 6, 8],
  [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8],
]

/** Whether the digits of an INN agree with each other: one mistyped digit makes it another's, or nobody's. */
export function agrees(inn: string): boolean {
  return weights
    .filter(({ length }) => (inn.length === 10 ? length === 9 : length > 9))
    .every((weight) => (weight.reduce((sum, by, at) => sum + by * Number(inn[at]), 0) % 11) % 10 === Number(inn[weight.length]))
}

/** Reads the filter of the list from an address; what it does not know falls away. */
export function readFilter(search: Record<string, unknown>): TicketFilter {
  const text = (key: string) => {
    const value = search[key]
    const string = typeof value === 'number' ? String(value) : value
    return typeof string === 'string' && string.trim() !== '' ? string.trim().slice(0, 200) : undefined
  }
  const flag = (key: string) => (search[key] === true || search[key] === 'true' ? true : undefined)
  return { on: flag('on'), mine: flag('mine'), organisation: text('organisation'), desk: text('desk'), q: text('q') }
}
