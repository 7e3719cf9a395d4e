import { describe, expect, it } from 'vitest'

import { i18n } from '../i18n'
import { bytes, distance, instant, spoken } from './format'

describe('spoken', () => {
  it.each([
    ['WT-10070', 'W T – 1 00 70'],
    ['ACC-104295', 'A C C – 10 42 95'],
    ['SED-X-18', 'S E D - X – 18'],
  ])('%s is read as %s', (number, words) => expect(spoken(number)).toBe(words))
})

describe('format', () => {
  it('speaks the language of the screens', async () => {
    await i18n.changeLanguage('ru')
    expect(bytes(10 * 1024 * 1024)).toMatch(/^10\sМБ$/)
    expect(bytes(1536)).toMatch(/^1,5\sкБ$/)
    expect(bytes(9)).toMatch(/^9\sбайт$/)
    await i18n.changeLanguage('en')
    expect(bytes(0)).toBe('0 bytes')
    expect(bytes(1)).toBe('1 byte')
    expect(bytes(10 * 1024 * 1024)).toMatch(/^10\sMB$/)
    expect(distance('2026-01-01T00:00:00Z', Date.parse('2026-01-01T02:30:00Z'))).toBe('2 hours ago')
    expect(distance('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:20Z'))).toBe('now')
  })

  it('names a zone that is not the reader’s', () => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone
    const other = own === 'Asia/Chita' ? 'Europe/Kaliningrad' : 'Asia/Chita'
    expect(instant('2026-01-01T00:00:00Z', own)).not.toMatch(/GMT|UTC/)
    expect(instant('2026-01-01T00:00:00Z', other)).toMatch(/UTC[+−-]\d/)
  })
})
