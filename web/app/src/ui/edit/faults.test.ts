import type { TFunction } from 'i18next'
import { describe, expect, it } from 'vitest'

import { field, inBoth, modelOf } from './build'
import { faults } from './faults'

const say = ((key: string) => key) as unknown as TFunction<'admin'>

describe('faults', () => {
  const model = modelOf('x', [
    ...inBoth('/title', { ru: 'а', en: 'b' }),
    field('/count', 'number', 'c', { required: false, integer: true }),
    field('/size', 'number', 'd', { required: false }),
    field('/rows', 'rows', 'e'),
    field('/rows/*/key', 'text', 'f'),
  ])

  it('are all told at once where a number cannot be read', () => {
    const found = faults(model, { title: { ru: ' ' }, count: 'много', size: -5 }, say)
    expect(found.map(({ at, message }) => [at, message])).toEqual([
      ['/title/ru', 'edit.fault.required'],
      ['/count', 'edit.fault.whole'],
      ['/size', 'edit.fault.min'],
    ])
  })

  it('are the server’s to tell where it can read everything', () => {
    expect(faults(model, { title: {}, count: -1, size: 2.5 }, say)).toEqual([])
  })
})
