import { describe, expect, it } from 'vitest'

import type { Schemas } from '../api/client'
import type { Check } from './check'
import { formModel } from './model'
import { answerTo, difference, named, unfinished } from './outcome'

const text = (ru: string) => ({ ru, en: ru })
const view = {
  key: 'f',
  version: 1,
  title: 'Форма',
  lists: {},
  prefill: {},
  limits: { max_bytes: 1, max_count: 1, link_max_bytes: 1 },
  schema: {
    type: 'object',
    properties: {
      title: { type: 'string', maxLength: 200 },
      rows: { type: 'array', maxItems: 5, items: { type: 'object', properties: { name: { type: 'string', maxLength: 100 } } } },
      email: { type: 'string', format: 'email', maxLength: 254 },
    },
  },
  ui: {
    groups: [{ key: 'g', title: text('Группа'), fields: ['/title', '/rows', '/email'] }],
    fields: { '/title': { label: text('Тема') }, '/rows': { label: text('Люди') }, '/rows/*/name': { label: text('ФИО') }, '/email': { label: text('Почта') } },
  },
} as unknown as Schemas['FormView']
const model = formModel(view, 'ru')
const check = (change: Partial<Check>): Check => ({ problems: [], proposed: {}, required: [], visible: ['/title', '/rows', '/email'], ...change })
const problem = (pointer: string) => ({ pointer, code: 'required', message: 'Заполните' })
const labels = (fields: { label: string }[]) => fields.map(({ label }) => label)

describe('what sending would lead to', () => {
  it('names each field once, in the order of the form', () => {
    expect(labels(unfinished(model, check({ problems: [problem('/email'), problem('/rows/1/name'), problem('/rows/0/name'), problem('/title')] })))).toEqual(['Тема', 'Люди', 'Почта'])
    expect(unfinished(model, check({}))).toEqual([])
  })

  it('knows what appeared and what went', () => {
    const before = check({ visible: ['/title', '/email'] })
    const after = check({ visible: ['/title', '/rows'] })
    expect(labels(difference(model, after, before))).toEqual(['Люди'])
    expect(labels(difference(model, before, after))).toEqual(['Почта'])
  })

  it('names the first few and counts the rest', () => {
    const fields = unfinished(model, check({ problems: [problem('/title'), problem('/rows'), problem('/email')] }))
    expect(named(fields, (count) => `и ещё ${count}`, 2)).toBe('«Тема», «Люди» и ещё 1')
    expect(named(fields, () => 'никогда')).toBe('«Тема», «Люди», «Почта»')
  })

  it('sends the answer to the field that the form declares for it, else to the person', () => {
    const declared = { person: { email: '/contact/email' } }
    expect(answerTo(declared, { email: 'another@b.example', contact: { email: ' a@b.example ' } }, 'own@b.example')).toBe('a@b.example')
    expect(answerTo(declared, { email: 'another@b.example', contact: { email: ' ' } }, 'own@b.example')).toBe('own@b.example')
    expect(answerTo({ person: { name: '/name' } }, { email: 'another@b.example' }, 'own@b.example')).toBe('own@b.example')
    expect(answerTo({}, {}, '')).toBeUndefined()
  })
})
