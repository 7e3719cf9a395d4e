import type { Schemas } from '../../api/client'

/** A status in its system's words; the hue is its category's. */
export function StatusMark({ status }: { status: Schemas['StatusView'] }) {
  return (
    <span className="mark" data-category={status.category} title={status.help}>
      {status.title}
    </span>
  )
}
