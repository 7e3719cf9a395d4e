import { describe, expect, it } from 'vitest'

import { instantOf, wallOf } from './zone'

describe('the clock of a desk', () => {
  it('reads an instant in its zone', () => {
    expect(wallOf('2026-11-24T06:00:00Z', 'Asia/Chita')).toBe('2026-11-24T15:00')
    expect(wallOf('2026-11-24T15:00:00Z', 'Asia/Chita')).toBe('2026-11-25T00:00')
    expect(wallOf('2026-11-24T06:00:00Z', 'Europe/Kaliningrad')).toBe('2026-11-24T08:00')
  })

  it('is read back as the same instant', () => {
    for (const zone of ['Asia/Chita', 'Europe/Moscow', 'Europe/Berlin', 'America/New_York', 'UTC']) {
      for (const at of ['2026-01-15T00:30:00.000Z', '2026-07-15T23:30:00.000Z', '2026-03-29T05:00:00.000Z', '2026-10-24T22:00:00.000Z']) {
        expect(instantOf(wallOf(at, zone), zone), `${zone} ${at}`).toBe(at)
      }
    }
    expect(instantOf('2026-11-24T15:00', 'Asia/Chita')).toBe('2026-11-24T06:00:00.000Z')
  })
})
