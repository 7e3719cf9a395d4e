import { expect, it } from 'vitest'

import { i18n } from '../i18n'
import { zoneName } from './zone'

it.each([
  ['ru', 'Asia/Yekaterinburg', 'Екатеринбург, UTC+5'],
  ['ru', 'Asia/Chita', 'Чита, UTC+9'],
  ['en', 'Asia/Yekaterinburg', 'Yekaterinburg, UTC+5'],
  ['ru', 'UTC', 'UTC'],
  ['ru', 'Nowhere/Never', 'Nowhere/Never'],
])('in %s the zone %s is %s', async (speech, zone, name) => {
  await i18n.changeLanguage(speech)
  expect(zoneName(zone, new Date('2026-11-22T12:00:00Z'))).toBe(name)
})
