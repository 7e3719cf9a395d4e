import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import { say } from '../say'
import type { Item } from './tickets'

/** Assigns several tickets, each in the version that the list shows; those that changed meanwhile stay as they are. */
export function useAssigning(tenant: string, items: readonly Item[], done: (failed: string[]) => void) {
  const { t } = useTranslation('desk')
  return useMutation({
    mutationFn: async ({ numbers, assignee }: { numbers: string[]; assignee: string | null }) => {
      const failed: string[] = []
      for (const number of numbers) {
        const version = await versionOf(tenant, number, items).catch(() => undefined)
        const call = api.POST('/api/v1/t/{tenant}/tickets/{number}/assign', {
          params: { path: { tenant, number }, header: { 'If-Match': `"${version}"` } },
          body: { assignee },
        })
        await ask(call).catch(() => failed.push(number))
      }
      return { count: numbers.length - failed.length, failed }
    },
    onSuccess: ({ count, failed }) => {
      say(failed.length === 0 ? t('list.assigned', { count }) : t('list.assigned_not', { numbers: failed.join(', ') }))
      done(failed)
    },
  })
}

async function versionOf(tenant: string, number: string, items: readonly Item[]): Promise<number> {
  const shown = items.find((item) => item.number === number)?.version
  if (shown !== undefined) return shown
  return (await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } }))).version
}
