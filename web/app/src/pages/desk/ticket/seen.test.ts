import { beforeEach, expect, it } from 'vitest'

import { noteSeen, seenUpTo } from './seen'

beforeEach(() => localStorage.clear())

it('remembers how far each ticket was read, by person', () => {
  noteSeen('ugra', 'olga', 'GZ-18', 3)
  noteSeen('ugra', 'olga', 'GZ-18', 5)
  noteSeen('ugra', 'olga', 'GZ-26', 1)
  expect(seenUpTo('ugra', 'olga', 'GZ-18')).toBe(5)
  expect(seenUpTo('ugra', 'oleg', 'GZ-18')).toBeUndefined()
  expect(seenUpTo('tyumen', 'olga', 'GZ-18')).toBeUndefined()
})

it('forgets those read longest ago, and what is no record', () => {
  for (let i = 0; i < 310; i++) noteSeen('ugra', 'olga', `GZ-${i}`, i)
  expect(seenUpTo('ugra', 'olga', 'GZ-5')).toBeUndefined()
  expect(seenUpTo('ugra', 'olga', 'GZ-309')).toBe(309)
  localStorage.setItem('opora.seen|ugra|olga', '{"broken"')
  expect(seenUpTo('ugra', 'olga', 'GZ-309')).toBeUndefined()
})
