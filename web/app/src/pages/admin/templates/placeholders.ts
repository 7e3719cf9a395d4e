// What stands in an answer for what is known of the ticket only when it is used.
export const placeholders = ['number', 'subject', 'requester', 'agent', 'desk', 'status', 'deadline'] as const

export type Placeholder = (typeof placeholders)[number]

/** The text as it would read with these values; what is unknown stays as it was written. */
export function filled(text: string, values: Record<Placeholder, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name as Placeholder] ?? whole)
}

/** The placeholders of a text that there are not. */
export function unknown(text: string): string[] {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  return [...new Set(names.filter((name) => !(placeholders as readonly string[]).includes(name)))]
}
