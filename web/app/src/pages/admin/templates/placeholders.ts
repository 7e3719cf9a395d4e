// What stands in an answer for what is known of the ticket only when it is used.
export const placeholders = ['number', 'subject', 'requester', 'agent', 'desk', 'status', 'deadline'] as const

export type Placeholder = (typeof placeholders)[number]

/** The text as it would read with these values; what is unknown stays as it was written. */
export function filled(text: string, values: Record<Placeholder, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name as Placeholder] ?? whole)
}

/** What stands in braces and is no placeholder, as it is written; in whatever letters, as the server sees it too. */
export function unknown(text: string): string[] {
  const found = [...text.matchAll(/\{[\p{Z}\p{Cf}\s]*[\p{L}\p{N}_.-]+[\p{Z}\p{Cf}\s]*\}/gu)].map(([whole]) => whole)
  return [...new Set(found.filter((whole) => !(placeholders as readonly string[]).includes(whole.slice(1, -1))))]
}
