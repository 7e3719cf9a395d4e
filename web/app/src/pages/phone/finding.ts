import { useMutation, useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries } from '../../api/queries'
import { language } from '../../i18n'
import { numberIn, type Said } from './caller'

const most = 8
const pause = 200

const enough = (words: string) => [...words.matchAll(/[\p{L}\d]/gu)].length >= 2

/**
 * Finds people while the words are being typed, and tickets by number when they are asked for. `search` answers with
 * how much was found, so that who asks can go there. `others` are desks whose numbers may be said here too.
 */
export function useFinding(tenant: string, desk: Schemas['DeskView'], others: string[]) {
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
      const number = numberIn(asked)
      const [found, tickets] = await Promise.all([enough(asked) ? queries.fetchQuery(find(asked)) : [], number ? byNumber(tenant, [desk.slug, ...others], number) : []])
      // Digits may be of a phone or an INN as well: what found somebody was no misheard number.
      if (number && found.length + tickets.length === 0) await whyNot(tenant, number)
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

/** Tickets by the number that was said: of this desk, else of the others whose calls are taken here. */
async function byNumber(tenant: string, desks: string[], said: Said) {
  const { letters, digits } = said
  const latin = /^[A-Z]*$/.test(letters)
  const listed = async (desk: string, q: string) => {
    const { items } = await ask(api.GET('/api/v1/t/{tenant}/tickets', { params: { path: { tenant }, query: { desk, q, limit: most } } }))
    // The same words find texts too: here a number was asked for.
    return items.filter(({ number }) => number.replaceAll(/\D/g, '').startsWith(digits))
  }
  for (const desk of desks) {
    const named = await listed(desk, letters === '' ? digits : `${letters}-${digits}`)
    if (named.length > 0) return named
    // Letters of the other alphabet are written as each hears them: the digits tell the ticket.
    const alone = latin ? [] : await listed(desk, digits)
    if (alone.length > 0) return alone
  }
  return []
}

/** A number that was misheard is told from one that does not exist. */
async function whyNot(tenant: string, { letters, digits }: Said) {
  // The check digit is one of the digits alone, whatever stands before them.
  const number = `${/^[A-Z]+$/.test(letters) ? letters : 'N'}-${digits}`
  try {
    await ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } }))
  } catch (err) {
    if (err instanceof ApiError && err.code === 'number_check_digit') throw err
  }
}
