import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { Failure } from '../../shell/ErrorScreen'
import { usePlace } from '../desk/place'
import { type Caller, callerOf, guessed, type Known, requesterOfTicket } from './caller'
import { useFinding } from './finding'
import { Readout } from './Readout'

interface Props {
  desk: Schemas['DeskView']
  /** Whether new tickets are filed here: else Enter only searches. */
  files: boolean
  onCaller: (caller: Caller) => void
  /** To the form, with what the words tell of a caller whom nobody knows. */
  onForm: (said: Known) => void
}

/** Finds the caller by name, organisation, address, phone or INN, and a ticket by its number. */
export function Search({ desk, files, onCaller, onForm }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const others = works.flatMap((work) => (work.line && work.desk.slug !== desk.slug ? [work.desk.slug] : []))
  const { q, setQ, people, tickets, search, settled, answered, error } = useFinding(tenant, desk, others)
  const results = useRef<HTMLDivElement>(null)
  const jump = useRef(false)
  const choose = useMutation({
    mutationFn: (number: string) => ask(api.GET('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number } } })),
    onSuccess: (ticket) => {
      const caller = requesterOfTicket(ticket)
      if (caller) onCaller(caller)
    },
  })
  const none = settled && (people?.length ?? 0) + (tickets?.length ?? 0) === 0 && q.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (q.trim() === '' || (search.isSuccess && none)) {
      if (files) onForm(guessed(q))
      return
    }
    jump.current = true
    search.mutate(q.trim())
  }
  // Who asked by Enter is taken to the first answer as soon as it is drawn, unless he types on.
  useEffect(() => {
    if (!jump.current || !answered || !results.current?.querySelector('[data-choice]')) return
    jump.current = false
    step(results.current, 0)
  })
  const arrows = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    step(results.current, by)
  }
  return (
    <section className="section" aria-labelledby="search-title" onKeyDown={arrows}>
      <h2 id="search-title">{t('phone.search')}</h2>
      <form role="search" className="phone__search" onSubmit={submit} aria-label={t('phone.search')}>
        <TextInput
          id="caller-search"
          type="search"
          size="md"
          label={t('phone.who')}
          description={files ? t('phone.who_hint') : t('phone.who_find')}
          value={q}
          maxLength={200}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            jump.current = false
            setQ(event.currentTarget.value)
          }}
        />
        <Button type="submit" size="md" loading={search.isPending}>
          {t('filters.find')}
        </Button>
      </form>
      {/* An alert of its own: within the status it would be read twice. */}
      {error && <Failure error={error} />}
      <div role="status">
        {none && !error && <p>{files ? t('phone.nothing') : t('phone.nobody')}</p>}
        {tickets && tickets.length > 0 && <p className="dim">{t('phone.found', { count: tickets.length })}</p>}
        {people && people.length > 0 && <p className="dim">{t('phone.people', { count: people.length })}</p>}
      </div>
      <div ref={results}>
        {tickets && tickets.length > 0 && (
          <ul className="calls">
            {tickets.map((item) => (
              <Readout key={item.number} tenant={tenant} item={item} zone={desk.time_zone}>
                {item.requester && (
                  <Button
                    size="compact-md"
                    variant="default"
                    data-choice
                    loading={choose.isPending && choose.variables === item.number}
                    onClick={() => choose.mutate(item.number)}
                  >
                    {t('phone.choose', { name: item.requester.name })}
                  </Button>
                )}
              </Readout>
            ))}
          </ul>
        )}
        {choose.error && <Failure error={choose.error} />}
        {people && people.length > 0 && (
          <ul className="people">
            {people.map((person) => (
              <li key={person.id}>
                <button type="button" data-choice onClick={() => onCaller(callerOf(person))}>
                  <span className="people__name">{person.name}</span>
                  <span className="people__open">{person.tickets_open > 0 ? t('phone.open_count', { count: person.tickets_open }) : ''}</span>
                  <span className="people__more">{factsOf(person)}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

const factsOf = ({ organisation, position, phone, email }: Schemas['FoundPersonView']) => [organisation?.name, position, phone, email].filter(Boolean).join(' · ')

/** Moves the focus among the choices; by 0 to the first, up from the first back to the search. */
function step(results: HTMLElement | null, by: number) {
  const choices = [...(results?.querySelectorAll<HTMLElement>('[data-choice]') ?? [])]
  const now = choices.indexOf(document.activeElement as HTMLElement)
  const next = by === 0 ? 0 : now + by
  const target = next < 0 ? document.getElementById('caller-search') : choices[Math.min(next, choices.length - 1)]
  target?.focus()
}
