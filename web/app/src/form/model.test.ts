import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Schemas } from '../api/client'
import { fieldAt, formModel, initialValues, labelled, readable } from './model'

const schemas = resolve(import.meta.dirname, '../../../../schemas')

/** A form as the server gives it: shared schemas put in, lists beside it. */
function view(system: string, form: string, lists: Schemas['FormView']['lists'] = {}): Schemas['FormView'] {
  const read = (path: string) => JSON.parse(readFileSync(join(schemas, path), 'utf8')) as unknown
  const inline = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inline)
    if (node === null || typeof node !== 'object') return node
    const { $ref, ...rest } = node as Record<string, unknown>
    const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inline(value)]))
    return typeof $ref === 'string' ? { ...(inline(read($ref)) as object), ...own } : own
  }
  return {
    key: form,
    version: 1,
    title: form,
    schema: inline(read(`${system}/${form}.v1.schema.json`)),
    ui: read(`${system}/${form}.v1.ui.json`),
    lists,
    limits: { max_bytes: 1, max_count: 1, link_max_bytes: 1 },
    prefill: {},
  }
}

const forms = readdirSync(schemas, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['contract', 'shared', 'example'].includes(entry.name))
  .flatMap((entry) =>
    readdirSync(join(schemas, entry.name))
      .filter((name) => name.endsWith('.v1.ui.json'))
      .map((name) => [entry.name, name.replace('.v1.ui.json', '')] as const),
  )

describe('every form of the five systems', () => {
  it.each(forms)('%s/%s shows each property once, with a label in both languages', (system, form) => {
    const source = view(system, form)
    for (const language of ['ru', 'en'] as const) {
      const model = formModel(source, language)
      const shown = model.groups.flatMap((group) => group.fields.map((field) => field.pointer))
      const properties = Object.keys((source.schema as { properties: object }).properties).map((name) => `/${name}`)
      expect([...shown].sort()).toEqual(properties.sort())
      for (const field of model.fields.values()) {
        if (!/\/\*$/.test(field.pointer)) expect(field.label, field.pointer).not.toBe(field.pointer.split('/').at(-1))
      }
    }
  })
})

describe('formModel', () => {
  it('takes kinds from the schema and the ui file', () => {
    const model = formModel(view('procurement-webtorgi', 'appeal', { 'appeal-types': [{ key: 'other', title: 'Прочее' }] }), 'ru')
    const kind = (pointer: string) => fieldAt(model, pointer)?.kind
    expect(kind('/title')).toBe('text')
    expect(kind('/description')).toBe('textarea')
    expect(kind('/type')).toBe('select')
    expect(kind('/email')).toBe('email')
    expect(kind('/phone')).toBe('phone')
    expect(kind('/name')).toBe('fio')
    expect(kind('/inn')).toBe('readonly')
    expect(kind('/registry_numbers')).toBe('rows')
    expect(fieldAt(model, '/registry_numbers/3')?.digits).toBe(true)
    expect(fieldAt(model, '/type')?.options).toEqual([{ value: 'other', label: 'Прочее' }])
    expect(fieldAt(model, '/title')?.required).toBe(true)
    expect(fieldAt(model, '/registry_numbers')?.required).toBe(false)
    expect(model.texts.get('appeal')).toHaveLength(1)
    expect(model.files?.label).toBe('Скриншоты и другие файлы')
  })

  it('makes rows of several fields and yes or no', () => {
    const model = formModel(view('docflow', 'request'), 'en')
    expect(fieldAt(model, '/work_stopped')?.kind).toBe('yesno')
    expect(fieldAt(model, '/users')?.item?.kind).toBe('group')
    expect(fieldAt(model, '/users')?.item?.members?.map((member) => member.kind)).toEqual(['fio', 'text'])
    expect(fieldAt(model, '/users/12/position')?.pointer).toBe('/users/*/position')
  })

  it('knows the kinds that no form has yet', () => {
    const source: Schemas['FormView'] = {
      ...view('docflow', 'request'),
      lists: { colours: [{ key: 'red', title: 'Красный' }] },
      schema: {
        type: 'object',
        properties: {
          agree: { type: 'boolean', const: true },
          day: { type: 'string', format: 'date' },
          count: { type: 'integer' },
          colours: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 64, 'x-list': 'colours' } },
          size: { type: 'string', enum: ['s', 'm'] },
          place: { type: 'object', required: ['city'], properties: { city: { type: 'string', maxLength: 100 } } },
        },
        required: ['place'],
      },
      ui: { title: { ru: '', en: '' }, groups: [{ key: 'a', title: { ru: 'А', en: 'A' }, fields: ['/agree', '/day', '/count', '/colours', '/size', '/place/city'] }], fields: {} },
    }
    const model = formModel(source, 'ru')
    expect(model.groups[0]?.fields.map((field) => field.kind)).toEqual(['consent', 'date', 'number', 'checkboxes', 'select', 'text'])
    expect(fieldAt(model, '/place/city')?.required).toBe(true)
  })
})

describe('initialValues', () => {
  it('puts the profile over the defaults', () => {
    const source = { ...view('docflow', 'request'), prefill: { '/name': 'Иванова Анна', '/place/city': 'Чита' } }
    source.schema = { type: 'object', properties: { name: { type: 'string', default: 'x' }, kind: { type: 'string', default: 'y' } } }
    expect(initialValues(source)).toEqual({ name: 'Иванова Анна', kind: 'y', place: { city: 'Чита' } })
  })
})

describe('readable', () => {
  it('shows titles, not keys', () => {
    const model = formModel(view('procurement-webtorgi', 'appeal', { 'appeal-types': [{ key: 'other', title: 'Прочее' }] }), 'ru')
    expect(readable(fieldAt(model, '/type'), 'other', 'Да', 'Нет')).toBe('Прочее')
    expect(readable(fieldAt(model, '/registry_numbers'), ['1', '2'], 'Да', 'Нет')).toBe('1\n2')
    expect(readable(undefined, true, 'Да', 'Нет')).toBe('Да')
    expect(readable(undefined, { a: 'x', b: '' }, 'Да', 'Нет')).toBe('x')
  })
})

describe('labelled', () => {
  it('tells what stands in a form by its labels and in its order, and what it does not have last', () => {
    const values = { '~ a/b': 'прочее', actions: 'Перезапустили', cause: 'Сбой', nothing: ' ' }
    expect(labelled(formModel(view('procurement-goszakaz', 'resolution'), 'ru'), values, 'Да', 'Нет')).toEqual([
      { pointer: '/cause', label: 'Причина возникшей проблемы', text: 'Сбой' },
      { pointer: '/actions', label: 'Выполненные действия для устранения проблемы', text: 'Перезапустили' },
      { pointer: '/~0 a~1b', label: '~ a/b', text: 'прочее' },
    ])
    expect(labelled(undefined, { b: true }, 'Да', 'Нет')).toEqual([{ pointer: '/b', label: 'b', text: 'Да' }])
  })
})
