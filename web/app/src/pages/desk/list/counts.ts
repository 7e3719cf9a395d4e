import type { Schemas } from '../../../api/client'

/** How many tickets wait somewhere: all that are not done, those of them that are new, and those that nobody has. */
export interface Count {
  open: number
  fresh: number
  free: number
}

/** Adds up the counts of the desk, or of one of its queues. */
export function countOf(counts: Schemas['CountView'][], statuses: Schemas['StatusView'][], queue?: string): Count {
  const fresh = new Set(statuses.filter((status) => status.category === 'new').map((status) => status.key))
  const sum: Count = { open: 0, fresh: 0, free: 0 }
  for (const one of counts) {
    if (queue !== undefined && one.queue !== queue) continue
    sum.open += one.count
    sum.free += one.unassigned
    if (fresh.has(one.status)) sum.fresh += one.count
  }
  return sum
}
