// Time zones with the time that it is there.
import { language } from '../../../i18n'
import { zoneName } from '../../../ui/zone'

export interface Zone {
  value: string
  label: string
}

/** The clock of a zone at an instant; undefined where there is no such zone. */
export function clockIn(zone: string, at: Date): { time: string; offset: string } | undefined {
  try {
    const parts = new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at)
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
    return { time: `${part('hour')}:${part('minute')}`, offset: part('timeZoneName').replace('GMT', 'UTC') }
  } catch {
    return undefined
  }
}

/** Every zone that the browser knows, and the one that is chosen, from west to east. */
export function zones(chosen: string, at: Date): Zone[] {
  const names = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...(chosen ? [chosen] : [])])
  return [...names]
    .map((value) => ({ value, clock: clockIn(value, at) }))
    .sort((a, b) => minutesOf(a.clock?.offset) - minutesOf(b.clock?.offset) || a.value.localeCompare(b.value))
    .map(({ value, clock }) => ({ value, label: clock ? `${zoneName(value, at)}, ${clock.time} (${value})` : value }))
}

/** The minutes of "UTC+5:30". */
export function minutesOf(offset: string | undefined): number {
  const found = /([-+−])(\d{1,2})(?::(\d{2}))?/.exec(offset ?? '')
  if (!found) return 0
  return (Number(found[2]) * 60 + Number(found[3] ?? 0)) * (found[1] === '+' ? 1 : -1)
}
