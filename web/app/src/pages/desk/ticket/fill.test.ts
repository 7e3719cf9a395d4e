import { describe, expect, it } from 'vitest'

import type { Schemas } from '../../../api/client'
import { i18n } from '../../../i18n'
import { blanksOf, fill, insert, left } from './fill'

const ticket = {
  number: 'WT-10019',
  subject: 'План-график',
  requester: { id: '1', name: 'Дамдинова Баирма' },
  status: { key: 'open', title: 'Решается', category: 'open' },
  deadline: { due_at: '2026-11-24T06:00:00Z' },
} as unknown as Schemas['TicketView']
const place = { ticket, me: { name: 'Иванова Ольга' }, desk: { title: 'СТП', time_zone: 'Asia/Chita' } }

describe('fill', () => {
  it('fills in what it knows and leaves the rest', async () => {
    await i18n.changeLanguage('ru')
    expect(fill('{requester}, здравствуйте! {number} «{subject}»: {status}. {agent}, {desk}. {other} {}', place)).toBe(
      'Дамдинова Баирма, здравствуйте! WT-10019 «План-график»: Решается. Иванова Ольга, СТП. {other} {}',
    )
    expect(fill('до {deadline}', place)).toMatch(/^до 24 нояб\. 2026/)
    expect(fill('до {deadline}', { ...place, ticket: { ...ticket, deadline: {} } })).toBe('до {deadline}')
  })

  it('names the places that have no value, until they are dealt with', () => {
    const blanks = blanksOf('{requester}, срок: {deadline}, {deadline}. {other}', { ...place, ticket: { ...ticket, deadline: {} } })
    expect(blanks).toEqual(['{deadline}', '{other}'])
    expect(left('Срок: завтра. {other}', blanks)).toEqual(['{other}'])
    expect(left('Срок: завтра.', blanks)).toEqual([])
    expect(left('{deadline}')).toEqual([])
  })

  it('does not fill in what a value brings', () => {
    expect(fill('{subject}', { ...place, ticket: { ...ticket, subject: '{agent}' } })).toBe('{agent}')
  })
})

it('inserts where the cursor is, in the place of what is marked', () => {
  expect(insert('Добрый день. До свидания.', 'Готово. ', 13, 13)).toEqual({ text: 'Добрый день. Готово. До свидания.', at: 21 })
  expect(insert('abc', 'X', 0, 3)).toEqual({ text: 'X', at: 1 })
})
