import { language } from '../../i18n'

/** The reader's own zone as it is named at the hour, for times that stand without it. */
export const zoneHere = () => new Intl.DateTimeFormat(language(), { timeZoneName: 'long' }).formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'

/** An instant to the second in the reader's own zone, which is named. */
export const moment = (at: string) =>
  new Intl.DateTimeFormat(language(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(at)).replace('GMT', 'UTC')

/** The time of day of a line, in the reader's own zone, which is named beside. */
export const clock = (at: string) => new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(at))
