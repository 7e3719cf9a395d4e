// What plain text is made of, by the marks that people write it with.
export type Paragraph = { kind: 'text'; text: string } | { kind: 'bullets'; items: string[] } | { kind: 'numbers'; start: number; items: string[] }

const bullet = /^\s*[-–—•]\s+/
const number = /^\s*(\d{1,3})[.)]\s+/

/** The paragraphs of a text, parted by blank lines; lines that all begin with a dash, or with one number after another, are a list. */
export function paragraphs(text: string): Paragraph[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const lines = paragraph.split('\n')
      if (lines.length > 1 && lines.every((line) => bullet.test(line))) return { kind: 'bullets', items: lines.map((line) => line.replace(bullet, '')) }
      const numbers = lines.map((line) => Number(number.exec(line)?.[1]))
      const start = numbers[0] ?? 0
      if (lines.length > 1 && numbers.every((one, i) => one === start + i)) return { kind: 'numbers', start, items: lines.map((line) => line.replace(number, '')) }
      return { kind: 'text', text: paragraph }
    })
}
