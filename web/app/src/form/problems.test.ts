import { describe, expect, it } from 'vitest'

import type { FieldModel, FormModel } from './model'
import { placed, placeOf, stillWrong } from './problems'

const field = (pointer: string, more: Partial<FieldModel> = {}): FieldModel => ({ pointer, kind: 'text', label: pointer, options: [], required: false, ...more })
const rows = field('/users', { kind: 'rows' })
const all = [field('/title'), rows, field('/users/*'), field('/users/*/name'), field('/email')]
const model: FormModel = {
  key: 'f',
  version: 1,
  title: 'F',
  texts: new Map(),
  groups: [
    { key: 'a', title: 'A', fields: [field('/title'), rows] },
    { key: 'b', title: 'B', fields: [field('/email')] },
  ],
  fields: new Map(all.map((one) => [one.pointer, one])),
}
const problem = (pointer: string, message = pointer) => ({ pointer, code: 'c', message })

describe('placeOf', () => {
  it.each([
    ['/title', '/title'],
    ['/users/3/name', '/users/3/name'],
    ['/users/3/unknown', '/users/3'],
    ['/unknown', ''],
    ['', ''],
    ['/attachments/0', '/attachments'],
    ['/title/deeper', '/title'],
  ])('%s stands at %s', (pointer, place) => expect(placeOf(model, pointer)).toBe(place))
})

describe('placed', () => {
  it('keeps the order of the form, rows by their numbers, files last, the whole form first', () => {
    const order = placed(model, ['/email', '/attachments', '/users/10/name', '/users/2/name', '/title', '/nowhere'].map((p) => problem(p))).map((p) => p.at)
    expect(order).toEqual(['', '/title', '/users/2/name', '/users/10/name', '/email', '/attachments'])
  })

  it('shows one problem of a field and every problem of the form', () => {
    expect(placed(model, [problem('/title', 'a'), problem('/title', 'b'), problem('', 'c'), problem('', 'd')]).map((p) => p.message)).toEqual(['c', 'd', 'a'])
  })
})

describe('stillWrong', () => {
  it('drops what was corrected, takes new words, adds nothing that was not shown', () => {
    const shown = placed(model, [problem('/title', 'too short'), problem('/email', 'missing'), problem('/attachments', 'too many'), problem('', 'no')])
    const now = stillWrong(model, shown, [problem('/title', 'too long'), problem('/users', 'missing')])
    expect(now.map((p) => [p.at, p.message])).toEqual([
      ['', 'no'],
      ['/title', 'too long'],
      ['/attachments', 'too many'],
    ])
  })
})
