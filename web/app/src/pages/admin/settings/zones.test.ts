import { describe, expect, it } from 'vitest'

import { i18n } from '../../../i18n'
import { clockIn, minutesOf, zones } from './zones'

const noon = new Date('2026-11-22T12:00:00Z')

describe('zones', () => {
  it('tell the time there', async () => {
    await i18n.changeLanguage('ru')
    expect(clockIn('Asia/Chita', noon)).toEqual({ time: '21:00', offset: 'UTC+9' })
    expect(clockIn('Nowhere/Never', noon)).toBeUndefined()
  })

  it('stand from west to east and hold the one that is chosen', () => {
    const all = zones('Asia/Chita', noon)
    const at = (name: string) => all.findIndex((zone) => zone.value === name)
    expect(at('Europe/Kaliningrad')).toBeLessThan(at('Europe/Moscow'))
    expect(at('Europe/Moscow')).toBeLessThan(at('Asia/Chita'))
    expect(at('UTC')).toBeGreaterThanOrEqual(0)
    expect(all[at('Asia/Chita')]?.label).toBe('Чита, UTC+9, 21:00 (Asia/Chita)')
    expect(zones('Old/Name', noon).some((zone) => zone.value === 'Old/Name')).toBe(true)
  })

  it.each([
    ['UTC+5:30', 330],
    ['UTC-3', -180],
    ['UTC−3', -180],
    ['UTC', 0],
    [undefined, 0],
  ])('%s is %d minutes', (offset, minutes) => expect(minutesOf(offset)).toBe(minutes))
})
