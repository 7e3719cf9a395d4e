import { language } from '../i18n'

/** A size of bytes in words. */
export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  let value = size
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: units[unit],
    // The short form of a byte has no plural.
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value)
}

/** An instant with its date and time; the zone is named where the reader's own is another one. */
export function instant(at: string, zone?: string): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const foreign = zone !== undefined && zone !== own
  return new Intl.DateTimeFormat(language(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
    timeZoneName: foreign ? 'short' : undefined,
  }).format(new Date(at)).replace('GMT', 'UTC')
}

/** An instant as a distance from now, for lists; the exact one stands beside it. */
export function distance(at: string, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const size = Math.abs(seconds)
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' })
  if (size < 60) return format.format(0, 'second')
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute')
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), 'hour')
  return format.format(Math.trunc(seconds / 86_400), 'day')
}

/**
 * A number as it is read out: letters one by one, digits in groups of two from the end, so that nobody has to
 * count them. WT-10070 becomes "W T – 1 00 70".
 */
export function spoken(number: string): string {
  const [prefix = '', counter = ''] = number.split(/-(?=[^-]*$)/)
  const groups: string[] = []
  for (let end = counter.length; end > 0; end -= 2) groups.unshift(counter.slice(Math.max(0, end - 2), end))
  return `${[...prefix].join(' ')} – ${groups.join(' ')}`
}
