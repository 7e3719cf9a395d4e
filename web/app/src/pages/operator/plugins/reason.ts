// What the core says of a process's end, in English, as something that can be said in any language.

export type End =
  | { key: 'signal'; signal: string }
  | { key: 'exit'; code: string }
  | { key: 'self' }
  | { key: 'hangs' | 'stray' | 'much'; count: number }
  | { key: 'uses'; used: number; limit: number }
  | { key: 'needed'; limit: number }

const shapes: [RegExp, (found: string[]) => End][] = [
  [/^ended: signal: (\w+)/, ([signal = '']) => ({ key: 'signal', signal: signal.toUpperCase() })],
  [/^ended: exit status (\d+)/, ([code = '']) => ({ key: 'exit', code })],
  [/^ended by itself$/, () => ({ key: 'self' })],
  [/^hangs: (\d+) health checks missed$/, ([count]) => ({ key: 'hangs', count: Number(count) })],
  [/^uses (\d+) MiB of memory, more than (\d+)$/, ([used, limit]) => ({ key: 'uses', used: Number(used), limit: Number(limit) })],
  [/^needed more than (\d+) MiB of memory/, ([limit]) => ({ key: 'needed', limit: Number(limit) })],
  [/^writes to standard output: (\d+) bytes/, ([count]) => ({ key: 'stray', count: Number(count) })],
  [/^logs too much: (\d+) lines/, ([count]) => ({ key: 'much', count: Number(count) })],
]

/** The end that a reason tells of; undefined where it is the core's own sentence alone. */
export function endOf(reason: string): End | undefined {
  for (const [shape, make] of shapes) {
    const found = shape.exec(reason)
    if (found) return make(found.slice(1))
  }
  return undefined
}
