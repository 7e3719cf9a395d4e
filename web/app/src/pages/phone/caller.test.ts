import { describe, expect, it } from 'vitest'

import type { Schemas } from '../../api/client'
import { askedByForm, callerOf, filledWith, formValues, guessed, isNumber, numberIn, placeOf, requesterOf, typedIn, withCaller } from './caller'

const asking = { person: { name: '/fio', email: '/email' }, organisation: { inn: '/inn' } } as Schemas['FormView']
const silent = {} as Schemas['FormView']
const caller = callerOf({ id: '1', name: 'Орлова Вера', phone: '1', email: 'a@b', kind: 'staff', verified: true, tickets_open: 0, organisation: { id: '2', name: 'Школа', inn: '7' } })

describe('the caller', () => {
  it('is put into the fields by which the form asks for him, the rest beside it', () => {
    expect([...askedByForm(asking)]).toEqual([['name', '/fio'], ['email', '/email'], ['inn', '/inn']])
    const values = filledWith(asking, { title: 'x' }, caller)
    expect(formValues(values)).toEqual({ title: 'x', fio: 'Орлова Вера', email: 'a@b', inn: '7' })
    expect(placeOf(silent, 'name')).not.toBe('/name')
  })

  it('who is another one takes the place of the first, but not of what was typed', () => {
    const first = filledWith(asking, {}, caller)
    const typed = { ...first, email: 'typed@b' }
    const second = filledWith(asking, typed, { name: 'Иванов Пётр' }, caller)
    expect(formValues(second)).toEqual({ fio: 'Иванов Пётр', email: 'typed@b' })
  })

  it('is named by id where he is known, else by what was said', () => {
    expect(requesterOf(asking, { fio: 'Кто-то' }, caller)).toEqual({ id: '1' })
    const said = filledWith(silent, {}, { name: ' Орлова Вера ', phone: '8-3022-355001' })
    expect(requesterOf(silent, said, undefined)).toEqual({ name: 'Орлова Вера', phone: '8-3022-355001' })
    expect(formValues(said)).toEqual({})
  })

  it.each([
    ['Орлова Вера', { name: 'Орлова Вера' }],
    ['orlova@adm.example', { email: 'orlova@adm.example' }],
    ['+7 (3022) 35-50-01', { phone: '+7 (3022) 35-50-01' }],
    ['7536001231', { inn: '7536001231' }],
    ['10025', {}],
    ['355001', {}],
    ['35-50-01', { phone: '35-50-01' }],
    ['5-50-01', {}],
    ['SED-10025', {}],
    ['не открывается №5', {}],
    [' ', {}],
  ])('is guessed from %s', (words, known) => expect(guessed(words)).toEqual(known))

  it.each([
    ['WT-10019', true],
    ['вт 10 01 9', true],
    ['10019', true],
    ['7536001231', false],
    ['Орлова', false],
    ['12', false],
  ])('%s is a number of a ticket: %s', (words, number) => expect(isNumber(words)).toBe(number))

  it.each([
    ['№ SED-10024', 'SED', '10024'],
    ['номер sed-10024', 'SED', '10024'],
    ['обращение № 10024', '', '10024'],
    ['SED—10024', 'SED', '10024'],
    ['SED−1 00 24', 'SED', '10024'],
    ['s e d – 1 00 24', 'SED', '10024'],
    ['СЭД 10024', 'СЭД', '10024'],
  ])('%s is read as a number', (words, letters, digits) => expect(numberIn(words)).toEqual({ letters, digits }))

  it('of the call before leaves nothing behind, whatever was kept of him with the values', () => {
    const first = withCaller(asking, { title: 'x' }, caller)
    const kept = JSON.parse(JSON.stringify(first)) as typeof first
    expect(formValues(withCaller(asking, kept, { name: 'Иванов Пётр' }))).toEqual({ title: 'x', fio: 'Иванов Пётр' })
    expect(formValues(withCaller(asking, kept, undefined))).toEqual({ title: 'x' })
  })

  it('alone is nothing typed, what was written of him or of the matter is', () => {
    for (const form of [asking, silent]) {
      const chosen = withCaller(form, {}, caller)
      expect(typedIn(form, {}, chosen, caller)).toBe(false)
      expect(typedIn(form, {}, { ...chosen, title: 'x' }, caller)).toBe(true)
      expect(typedIn(form, {}, withCaller(form, {}, { name: 'Сказанный' }), undefined)).toBe(false)
    }
    expect(typedIn(asking, {}, { email: 'typed@b' }, undefined)).toBe(true)
  })
})
