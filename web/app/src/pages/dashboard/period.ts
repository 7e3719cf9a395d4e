// The days that figures are asked for. A day is written as 2026-11-30 and belongs to the desk's time zone.

export interface DashboardSearch {
  desk?: string
  /** So many days up to today; without it and without from the last 30. */
  days?: Days
  from?: string
  to?: string
  /** Pointer of the field whose values are counted. */
  by?: string
}

export const spans = [7, 30, 90] as const
export type Days = (typeof spans)[number]

/** The longest period that the server counts. */
export const longest = 366

export interface Period {
  from: string
  to: string
}

const dayMs = 86_400_000
const form = /^\d{4}-\d{2}-\d{2}$/

const utc = (day: string) => Date.parse(`${day}T00:00:00Z`)
const real = (day: string) => form.test(day) && !Number.isNaN(utc(day)) && new Date(utc(day)).toISOString().startsWith(day)

/** Reads the page's address; what it does not know falls away. */
export function readSearch(search: Record<string, unknown>): DashboardSearch {
  const text = (key: string) => {
    const value = search[key]
    return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined
  }
  const day = (key: string) => {
    const value = text(key)
    return value !== undefined && real(value) ? value : undefined
  }
  const [from, to] = [day('from'), day('to')]
  const own = from !== undefined && to !== undefined
  return {
    desk: text('desk'),
    days: own ? undefined : spans.find((span) => span === Number(search.days)),
    from: own ? from : undefined,
    to: own ? to : undefined,
    by: text('by'),
  }
}

/** The day that it is in a zone. */
export function todayIn(zone: string, at: Date): string {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone || 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
  } catch {
    return at.toISOString().slice(0, 10)
  }
}

/** The day so many days later. */
export const shifted = (day: string, by: number) => new Date(utc(day) + by * dayMs).toISOString().slice(0, 10)

/** How many days a period has, both ends counted. */
export const lengthOf = ({ from, to }: Period) => Math.round((utc(to) - utc(from)) / dayMs) + 1

/** The period that an address asks for. */
export function periodOf({ days, from, to }: DashboardSearch, today: string): Period {
  if (from !== undefined && to !== undefined) return { from, to }
  return { from: shifted(today, 1 - (days ?? 30)), to: today }
}

export type PeriodFault = 'missing' | 'backwards' | 'long' | 'future'

/** What is wrong with a period that somebody typed. */
export function faultOf({ from, to }: Period, today: string): PeriodFault | undefined {
  if (!real(from) || !real(to)) return 'missing'
  if (from > to) return 'backwards'
  if (to > today) return 'future'
  return lengthOf({ from, to }) > longest ? 'long' : undefined
}
