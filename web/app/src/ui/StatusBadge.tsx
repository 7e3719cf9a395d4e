import type { Schemas } from '../api/client'

/** A status by its own title, in the hue of its category. */
export function StatusBadge({ status }: { status: Schemas['StatusView'] }) {
  return (
    <span className={`status status--${status.category}`} title={status.help}>
      {status.title}
    </span>
  )
}
