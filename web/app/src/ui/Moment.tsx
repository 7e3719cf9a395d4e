import { distance, instant } from '../ui/format'

/** An instant as a distance from now, with the exact one on hover. */
export function Moment({ at, zone }: { at: string; zone?: string }) {
  return (
    <time dateTime={at} title={instant(at, zone)}>
      {distance(at, Date.now())}
    </time>
  )
}
