import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { current, fresh, say, stands, turned } from './say'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('takes a word back after a while, counted from the last one', () => {
  say('Заметка сохранена')
  vi.advanceTimersByTime(stands - 1)
  say('Передано')
  vi.advanceTimersByTime(stands - 1)
  expect(current().text).toBe('Передано')
  vi.advanceTimersByTime(1)
  expect(current().text).toBe('')
})

it('leaves a word behind on the next page, but not one that leads there', () => {
  say('Передано')
  vi.advanceTimersByTime(fresh)
  turned()
  expect(current().text).toBe('Передано')
  vi.advanceTimersByTime(1)
  turned()
  expect(current().text).toBe('')
})
