import { describe, expect, it } from 'vitest'

import { filled, placeholders, unknown } from './placeholders'

const values = { number: 'WT-10070', subject: 'Тема', requester: 'Анна', agent: 'Пётр', desk: 'Служба', status: 'В работе', deadline: 'завтра' }

describe('filled', () => {
  it('puts in every value, as often as it is asked for', () => {
    expect(filled('{number}: {subject}, {number}', values)).toBe('WT-10070: Тема, WT-10070')
    expect(filled(placeholders.map((name) => `{${name}}`).join('|'), values)).toBe(Object.values(values).join('|'))
  })

  it('leaves what it does not know', () => expect(filled('{nobody} { number } {}', values)).toBe('{nobody} { number } {}'))
})

describe('unknown', () => {
  it('names each once', () => expect(unknown('{number} {name} {name} {date}')).toEqual(['{name}', '{date}']))

  it('sees other letters and spaces within, and no braces about a sentence', () =>
    expect(unknown('{номер} { number } {agent} {имя-заявителя} {два слова} {}')).toEqual(['{номер}', '{ number }', '{имя-заявителя}']))
})
