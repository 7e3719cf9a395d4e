// Names and values within a change that have words of their own; another one stands as it is.
const known = [
  'title', 'help', 'ru', 'en', 'key', 'retired', 'added', 'changed', 'prefix', 'system', 'version', 'digest',
  'login', 'line', 'lines', 'queues', 'contacts', 'administrator', 'time_zone', 'visibility', 'max_bytes',
  'max_count', 'link_max_bytes', 'talks', 'closes', 'sees', 'hands_to', 'name', 'phone', 'email', 'position',
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

/** A value, with yes and no in words. */
export const told = (text: string, say: (word: Word) => string) =>
  text
    .split(' → ')
    .map((one) => (one === 'true' || one === 'false' ? say(one) : one))
    .join(' → ')
