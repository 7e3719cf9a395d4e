import type { FieldModel } from './model'

/** What was put into one row as the rows that it makes: a line each, of numbers also what commas part. */
export function rowsOf(item: FieldModel | undefined, text: string): string[] {
  if (!item?.digits) {
    const lines = text.split(/\s*[\r\n]+\s*/).flatMap((line, _, all) => (all.length > 1 ? line.split(/\s*;\s*/) : [line]))
    return lines.length > 1 ? lines.filter((line) => line.trim() !== '') : lines
  }
  const parts = text.split(/[\r\n,;]/).map((part) => part.replace(/[\s№\u200b-\u200d\u2060\ufeff]/g, ''))
  // A comma at the end begins the next row.
  return parts.filter((part, i) => part !== '' || i === parts.length - 1)
}
