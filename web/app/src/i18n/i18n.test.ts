import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const folder = import.meta.dirname
const forms = { ru: ['one', 'few', 'many', 'other'], en: ['one', 'other'] }

function texts(name: string): Map<string, string> {
  const flat = new Map<string, string>()
  const walk = (node: unknown, path: string) => {
    if (typeof node === 'string') flat.set(path, node)
    else for (const [key, value] of Object.entries(node as object)) walk(value, path ? `${path}.${key}` : key)
  }
  walk(JSON.parse(readFileSync(join(folder, name), 'utf8')), '')
  return flat
}

const stem = (key: string) => key.replace(/_(one|few|many|other)$/, '_#')
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

const pairs = readdirSync(folder)
  .filter((name) => /(^|\.)ru\.json$/.test(name))
  .map((name) => [name, name.replace(/ru\.json$/, 'en.json')] as const)

describe.each(pairs)('%s and %s', (russian, english) => {
  const ru = texts(russian)
  const en = texts(english)

  it('have the same keys', () => {
    expect([...new Set([...ru.keys()].map(stem))].sort()).toEqual([...new Set([...en.keys()].map(stem))].sort())
  })

  it('have every plural form', () => {
    for (const [language, all] of [['ru', ru], ['en', en]] as const) {
      for (const key of all.keys()) {
        if (stem(key) === key) continue
        for (const form of forms[language]) expect([...all.keys()]).toContain(stem(key).replace('#', form))
      }
    }
  })

  it('have the same places for values, and no empty text', () => {
    for (const [key, text] of ru) {
      expect(text.trim(), key).not.toBe('')
      const other = en.get(key) ?? en.get(key.replace(/_(few|many)$/, '_other'))
      expect(slots(other ?? ''), key).toEqual(slots(text))
    }
    for (const [key, text] of en) expect(text.trim(), key).not.toBe('')
  })
})
