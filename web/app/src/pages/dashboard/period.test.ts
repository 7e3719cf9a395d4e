import { describe, expect, it } from 'vitest'

import { faultOf, lengthOf, periodOf, readSearch, shifted, todayIn } from './period'

describe('todayIn', () => {
  it('is the day of the desk, not of the reader', () => {
    const evening = new Date('2026-11-22T18:00:00Z')
    expect(todayIn('Asia/Chita', evening)).toBe('2026-11-23')
    expect(todayIn('Europe/Kaliningrad', evening)).toBe('2026-11-22')
    expect(todayIn('', evening)).toBe('2026-11-22')
    expect(todayIn('Nowhere/Never', evening)).toBe('2026-11-22')
  })
})

describe('periodOf', () => {
  it.each([
    [{ days: 7 as const }, '2026-11-16'],
    [{}, '2026-10-24'],
    [{ days: 90 as const }, '2026-08-25'],
  ])('%o ends today', (search, from) => expect(periodOf(search, '2026-11-22')).toEqual({ from, to: '2026-11-22' }))

  it('has as many days as were asked for, over the change of clocks and leap years', () => {
    expect(lengthOf(periodOf({ days: 90 }, '2026-03-31'))).toBe(90)
    expect(lengthOf({ from: '2028-02-01', to: '2028-02-29' })).toBe(29)
    expect(shifted('2028-02-28', 1)).toBe('2028-02-29')
    expect(shifted('2026-01-01', -1)).toBe('2025-12-31')
  })

  it('is one’s own where both ends are given', () => expect(periodOf({ from: '2026-01-01', to: '2026-01-31' }, '2026-11-22')).toEqual({ from: '2026-01-01', to: '2026-01-31' }))
})

describe('readSearch', () => {
  it('drops what is no period', () => {
    expect(readSearch({ days: '7', desk: 'webtorgi', by: '/section' })).toEqual({ desk: 'webtorgi', days: 7, from: undefined, to: undefined, by: '/section' })
    expect(readSearch({ days: 8, from: '2026-02-30', to: '2026-03-01' })).toEqual({ desk: undefined, days: undefined, from: undefined, to: undefined, by: undefined })
    expect(readSearch({ days: 7, from: '2026-02-01', to: '2026-03-01' }).days).toBeUndefined()
  })
})

describe('faultOf', () => {
  it.each([
    ['', '2026-11-01', 'missing'],
    ['2026-11-02', '2026-11-01', 'backwards'],
    ['2025-11-01', '2026-11-22', 'long'],
    ['2026-11-01', '2026-11-23', 'future'],
    ['2025-11-22', '2026-11-22', undefined],
    ['2026-11-22', '2026-11-22', undefined],
  ])('%s to %s is %s', (from, to, fault) => expect(faultOf({ from, to }, '2026-11-22')).toBe(fault))
})
