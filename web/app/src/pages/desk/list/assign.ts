import { api, ask } from '../../../api/client'

/** Assigns several tickets, each in the version that it has now. */
export async function assignAll(tenant: string, numbers: string[], assignee: string | null): Promise<{ done: number; failed: string[] }> {
  const failed: string[] = []
  for (const number of numbers) {
    try {
      const path = { tenant, number }
      const ticket = await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path } }))
      await ask(
        api.POST('/api/v1/t/{tenant}/tickets/{number}/assign', {
          params: { path, header: { 'If-Match': `"${ticket.version}"` } },
          body: { assignee },
        }),
      )
    } catch {
      failed.push(number)
    }
  }
  return { done: numbers.length - failed.length, failed }
}
