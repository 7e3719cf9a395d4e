import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { Failure } from '../../shell/ErrorScreen'
import { distance, instant, spoken } from '../../ui/format'
import { useNow } from '../desk/list/TicketList'
import { usePlace } from '../desk/place'
import { StatusMark } from '../desk/StatusMark'

interface Props {
  desk: Schemas['DeskView']
  onCaller: (ticket: Schemas['TicketView']) => void
  onForm: () => void
}

const most = 20

/** Finds the caller or his ticket: by number, name, address, phone or INN. */
export function Search({ desk, onCaller, onForm }: Props) {
  const { t } = useTranslation('desk')
  const { tenant } = usePlace()
  const [q, setQ] = useState('')
  const results = useRef<HTMLUListElement>(null)
  const find = useMutation({
    mutationFn: async (words: string) => {
      const found = await ask(api.GET('/api/v1/t/{tenant}/tickets', { params: { path: { tenant }, query: { desk: desk.slug, q: words, limit: most } } }))
      if (found.items.length === 0 && /^\p{L}{1,8}\s*-?\s*\d[\d\s]*$/u.test(words)) await whyNot(tenant, words)
      return found.items
    },
  })
  const choose = useMutation({
    mutationFn: (number: string) => ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } })),
    onSuccess: onCaller,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (q.trim() === '') onForm()
    else find.mutate(q.trim())
  }
  const now = useNow()
  return (
    <section className="section" aria-labelledby="search-title">
      <h2 id="search-title">{t('phone.search')}</h2>
      <form role="search" className="phone__search" onSubmit={submit} aria-label={t('phone.search')}>
        <TextInput
          id="caller-search"
          type="search"
          size="md"
          label={t('phone.who')}
          description={t('phone.who_hint')}
          value={q}
          maxLength={200}
          autoFocus
          onChange={(event) => setQ(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            results.current?.querySelector<HTMLElement>('button, a')?.focus()
          }}
        />
        <Button type="submit" size="md" loading={find.isPending}>
          {t('filters.find')}
        </Button>
      </form>
      <div role="status">
        {find.error && <Failure error={find.error} />}
        {find.data?.length === 0 && <p>{t('phone.nothing')}</p>}
        {find.data && find.data.length > 0 && <p className="dim">{t('phone.found', { count: find.data.length })}</p>}
      </div>
      <ul className="calls" ref={results}>
        {find.data?.map((item) => (
          <li key={item.number}>
            <p className="calls__head">
              <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: item.number }} className="strong tabular">
                {item.number}
              </Link>
              <span className="calls__spoken">{spoken(item.number)}</span>
              <StatusMark status={item.status} />
            </p>
            <p>{item.subject}</p>
            {item.status.help && <p className="dim">{item.status.help}</p>}
            {item.deadline?.due_at && <p>{t('phone.due', { at: instant(item.deadline.due_at, desk.time_zone) })}</p>}
            {item.updated_at && <p className="dim">{t('phone.updated', { when: distance(item.updated_at, now) })}</p>}
            {item.requester && (
              <Button size="compact-md" variant="default" loading={choose.isPending && choose.variables === item.number} onClick={() => choose.mutate(item.number)}>
                {t('phone.choose', { name: item.requester.name })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
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
