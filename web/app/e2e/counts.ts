// Tells at the end how much was looked at: what tests noted as `axe`, by page, language and colour scheme.
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

export default class Counts implements Reporter {
  private readonly looks = new Set<string>()
  private runs = 0

  onTestEnd(_: TestCase, result: TestResult) {
    for (const { type, description } of result.annotations) {
      if (type !== 'axe' || description === undefined) continue
      this.runs++
      this.looks.add(description)
    }
  }

  onEnd() {
    if (this.runs === 0) return
    const states = new Set([...this.looks].map((look) => look.split(' | ')[0]))
    console.log(`axe: ${states.size} pages and states, ${this.looks.size} with their languages and colour schemes, ${this.runs} checks`)
    if (process.env.OPORA_LOOKS) for (const look of [...this.looks].sort()) console.log(`  ${look}`)
  }

  printsToStdio() {
    return false
  }
}
