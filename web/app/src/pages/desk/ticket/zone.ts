// Dates and times as the clock on a desk's wall shows them, whatever the zone of who looks.

/** An instant as the input of a date and time wants it, in a zone. */
export function wallOf(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at))
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`
}

/** The instant of a date and time of a zone; one that a change of clocks leaves out counts on from before it. */
export function instantOf(wall: string, zone: string): string {
  const asked = Date.parse(`${wall.slice(0, 16)}Z`)
  const off = (at: number) => Date.parse(`${wallOf(new Date(at).toISOString(), zone)}Z`) - at
  const near = asked - off(asked)
  return new Date(asked - off(near)).toISOString()
}
