import { language } from '../../i18n'

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A length of time in its two largest units. */
export function lasting(seconds: number): string {
  const written = (value: number, unit: string) => new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  let rest = Math.round(seconds / 60) * 60
  const words: string[] = []
  for (const [unit, size] of units) {
    const value = Math.floor(rest / size)
    rest -= value * size
    if (value > 0) words.push(written(value, unit))
    else if (words.length > 0) break
    if (words.length === 2) break
  }
  return words.length > 0 ? words.join(' ') : written(0, 'minute')
}
