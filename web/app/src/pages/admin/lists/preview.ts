// The lines of a CSV file that an import complains of, as the person sees them in his own editor.
import type { ImportProblem } from '../data/lists'

/** The text of a file that is in UTF-8, else in windows-1251, as spreadsheets in Russian still write it. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1251').decode(bytes)
  }
}

export interface WrongLine {
  line: number
  text: string
  problems: { column?: string; message: string }[]
}

const longest = 200

/** Each line that is wrong, once, with all that is wrong with it, in the order of the file. */
export function wrongLines(text: string, problems: readonly ImportProblem[]): WrongLine[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const found = new Map<number, WrongLine>()
  for (const { line, column, message } of [...problems].sort((a, b) => a.line - b.line)) {
    const text = lines[line - 1] ?? ''
    const one = found.get(line) ?? { line, text: text.length > longest ? `${text.slice(0, longest)}…` : text, problems: [] }
    one.problems.push({ column, message })
    found.set(line, one)
  }
  return [...found.values()]
}
