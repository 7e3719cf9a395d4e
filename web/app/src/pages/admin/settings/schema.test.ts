import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { fieldAt } from '../../../form/model'
import { placed } from '../../../form/problems'
import { isSet, secretsOf, settingsModel } from './schema'

const schema: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../../schemas/procurement-goszakaz/settings.schema.json'), 'utf8'))
const layout: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../../schemas/procurement-goszakaz/settings.ui.json'), 'utf8'))
const at = '/settings/plugin'

describe('settingsModel', () => {
  const model = settingsModel('Настройки', schema, at)

  it('makes rows of rows under the pointer of the settings', () => {
    expect(model.groups[0]?.fields.map(({ pointer, kind }) => [pointer, kind])).toEqual([
      ['/settings/plugin/addresses', 'group'],
      ['/settings/plugin/sections', 'rows'],
    ])
    expect(fieldAt(model, '/settings/plugin/sections/3/words/0')?.pointer).toBe('/settings/plugin/sections/*/words/*')
    expect(fieldAt(model, '/settings/plugin/addresses/state')?.kind).toBe('rows')
  })

  it('calls every field as the layout does, in the language of the screens', () => {
    const labelled = settingsModel('Настройки', schema, at, layout)
    for (const { pointer, label } of labelled.fields.values()) {
      if (!pointer.endsWith('/*')) expect(label, pointer).toMatch(/^[A-Z]/)
    }
    expect(fieldAt(labelled, '/settings/plugin/addresses/state')?.label).toBe('Mailboxes for state customers')
  })

  it('puts what the server says at the field of its pointer', () => {
    const problems = placed(model, [
      { pointer: '/settings/plugin/sections/0/key', code: 'x', message: 'Ключ' },
      { pointer: '/settings/plugin/sections/0/unknown/deep', code: 'x', message: 'Строка' },
      { pointer: '/settings/plugin/none', code: 'x', message: 'Всё' },
    ])
    expect(problems.map(({ at: place, message }) => [place, message])).toEqual([
      ['', 'Всё'],
      ['/settings/plugin/sections/0', 'Строка'],
      ['/settings/plugin/sections/0/key', 'Ключ'],
    ])
  })
})

describe('secrets', () => {
  it('are found within groups, and are there without being shown', () => {
    const secret = { type: 'object', properties: { url: { type: 'string' }, login: { type: 'object', properties: { token: { type: 'string', writeOnly: true } } } } }
    expect([...secretsOf(secret, at)]).toEqual(['/settings/plugin/login/token'])
    expect([isSet({ set: true }), isSet({ set: false }), isSet('typed'), isSet(null)]).toEqual([true, false, false, false])
  })
})
