import { describe, expect, it } from 'vitest'

import { paragraphs } from './paragraphs'

describe('paragraphs', () => {
  it('finds lists by their dashes and by their numbers', () => {
    expect(paragraphs('Правила:\n\n1. Первое\n2. Второе\n\n- а\n- б\n\nКонец\nтекста')).toEqual([
      { kind: 'text', text: 'Правила:' },
      { kind: 'numbers', start: 1, items: ['Первое', 'Второе'] },
      { kind: 'bullets', items: ['а', 'б'] },
      { kind: 'text', text: 'Конец\nтекста' },
    ])
    expect(paragraphs('3) в\n4) г')).toEqual([{ kind: 'numbers', start: 3, items: ['в', 'г'] }])
  })

  it('leaves what only looks like one as it is', () => {
    for (const text of ['1. Одно', '12. марта\n15. марта', '- один', '1. а\nпродолжение']) expect(paragraphs(text)).toEqual([{ kind: 'text', text }])
  })
})
