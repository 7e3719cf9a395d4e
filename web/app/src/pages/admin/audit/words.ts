// Names and values within a change that have words of their own; another one stands as it is.
const known = [
  'title', 'help', 'ru', 'en', 'key', 'retired', 'added', 'changed', 'prefix', 'system', 'version', 'digest',
  'login', 'line', 'lines', 'queues', 'contacts', 'administrator', 'time_zone', 'visibility', 'max_bytes',
  'max_count', 'link_max_bytes', 'talks', 'closes', 'sees', 'hands_to', 'name', 'phone', 'email', 'position', 'organisation', 'kind',
  'quota', 'plugin',
  'true', 'false',
] as const

export type Word = (typeof known)[number]

const isWord = (word: string): word is Word => (known as readonly string[]).includes(word)

/** The way to a value in the reader's words: «lines.line1.title.ru» is «линии, line1, название, по-русски». */
export const spelled = (name: string, say: (word: Word) => string) =>
  name
    .split('.')
    .map((word) => (isWord(word) ? say(word) : word))
    .join(', ')

export type Unit = 'megabytes' | 'gigabytes'

const units: Record<string, Unit> = { max_bytes: 'megabytes', link_max_bytes: 'megabytes', quota: 'gigabytes' }

export const inUnit = (bytes: number, unit: Unit) => bytes / 1024 ** (unit === 'megabytes' ? 2 : 3)

/** A value, with yes and no in words, sizes in the unit of the form, and the names of what was changed as the form has them. */
export function told(name: string, text: string, say: (word: Word) => string, size: (bytes: number, unit: Unit) => string): string {
  const unit = units[name.split('.').at(-1) ?? '']
  const one = (value: string) => {
    if (unit && /^\d+$/.test(value)) return size(Number(value), unit)
    if (name === 'changed') return value.split(', ').map((word) => (isWord(word) ? say(word) : word)).join(', ')
    return value === 'true' || value === 'false' ? say(value) : value
  }
  return text.split(' → ').map(one).join(' → ')
}
