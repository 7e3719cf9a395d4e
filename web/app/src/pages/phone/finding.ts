import { useMutation, useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries } from '../../api/queries'
import { language } from '../../i18n'
import { isNumber } from './caller'

const most = 8
const pause = 200

const enough = (words: string) => [...words.matchAll(/[\p{L}\d]/gu)].length >= 2

/**
 * Finds people while the words are being typed, and tickets by number when they are asked for. `search` answers with
 * how much was found, so that who asks can go there.
 */
export function useFinding(tenant: string, desk: Schemas['DeskView']) {
  const [q, setQ] = useState('')
  const [words] = useDebouncedValue(q.trim(), pause)
  const [numbers, setNumbers] = useState<Schemas['ListItem'][]>()
  const find = (q: string) => ({
    queryKey: [tenant, 'people', desk.slug, q, language()],
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/people', { params: { path: { tenant }, query: { desk: desk.slug, q, limit: most } } }))).items,
    staleTime: 30_000,
  })
  const people = useQuery({ ...find(words), enabled: enough(words), placeholderData: (before) => (enough(words) ? before : undefined) })
  const search = useMutation({
    mutationFn: async (asked: string) => {
      const [found, tickets] = await Promise.all([enough(asked) ? queries.fetchQuery(find(asked)) : [], isNumber(asked) ? byNumber(tenant, desk.slug, asked) : []])
      setNumbers(tickets)
      return found.length + tickets.length
    },
  })
  return {
    q,
    setQ: (next: string) => {
      setQ(next)
      setNumbers(undefined)
      search.reset()
    },
    people: enough(q.trim()) ? people.data : undefined,
    tickets: numbers,
    search,
    /** Whether what stands there answers the words as they are now. */
    settled: search.isSuccess || (words === q.trim() && people.isFetched),
    /** Whether a search was asked for and all that stands there is its answer. */
    answered: search.isSuccess && words === q.trim() && !people.isPlaceholderData,
    error: search.error ?? people.error,
  }
}

async function byNumber(tenant: string, desk: string, q: string) {
  const { items } = await ask(api.GET('/api/v1/t/{tenant}/tickets', { params: { path: { tenant }, query: { desk, q, limit: most } } }))
  if (items.length === 0 && /^\p{L}/u.test(q)) await whyNot(tenant, q)
  return items
}

/** A number that was misheard is told from one that does not exist. */
async function whyNot(tenant: string, words: string) {
  const number = words.replaceAll(/\s/g, '').replace(/^(\p{L}+)-?/u, '$1-')
  try {
    await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } }))
  } catch (err) {
    if (err instanceof ApiError && err.code === 'number_check_digit') throw err
  }
}
