import { describe, expect, it } from 'vitest'

import { i18n } from '../../i18n'
import { lasting } from './lasting'

describe('lasting', () => {
  it('names two units at most', async () => {
    await i18n.changeLanguage('en')
    expect(lasting(20)).toBe('0 min')
    expect(lasting(90 * 60)).toBe('1 hr 30 min')
    expect(lasting(86_400)).toBe('1 day')
    expect(lasting(2 * 86_400 + 30 * 60)).toBe('2 days')
    expect(lasting(2 * 86_400 + 5 * 3600 + 40 * 60)).toBe('2 days 5 hr')
    await i18n.changeLanguage('ru')
    expect(lasting(90 * 60)).toMatch(/^1\sч\s30\sмин$/)
  })
})
