import './phone.css'

import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../api/client'
import { formQuery } from '../../api/queries'
import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { spoken } from '../../ui/format'
import { Prose } from '../../ui/Prose'
import { useCommands } from '../desk/commands'
import { usePlace } from '../desk/place'
import type { Caller, Known } from './caller'
import { CallerCard } from './CallerCard'
import { Search } from './Search'
import { ShortForm } from './ShortForm'

/** The phone: who calls, what stands of his tickets, and a new one in the shortest form. */
export function PhoneDesk() {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const answering = works.filter((work) => work.line)
  const [slug, setSlug] = useState(answering[0]?.desk.slug)
  const [form, setForm] = useState<string>()
  const [caller, setCaller] = useState<Caller>()
  const [said, setSaid] = useState<Known>()
  const [filed, setFiled] = useState<Schemas['TicketView']>()
  const [call, setCall] = useState(0)
  const desk = answering.find((work) => work.desk.slug === slug)?.desk
  const forms = desk?.forms.filter((one) => one.channels.includes('phone')) ?? []
  const chosen = forms.find((one) => one.key === form) ?? forms[0]

  useCommands(t('phone.title'), [
    { id: 'search', title: t('phone.to_search'), key: 'Slash', run: () => document.getElementById('caller-search')?.focus() },
    { id: 'new', title: t('phone.to_form'), key: 'KeyN', run: focusForm },
    { id: 'call', title: t('phone.next'), key: 'KeyC', run: () => next() },
  ])
  const next = () => {
    setFiled(undefined)
    setCaller(undefined)
    setSaid(undefined)
    setCall(call + 1)
  }
  if (!desk) {
    return (
      <div className="page page--narrow">
        <PageTitle>{t('phone.title')}</PageTitle>
        <p>{t('phone.no_desk')}</p>
      </div>
    )
  }
  return (
    <div className="phone">
      <PageTitle>{t('phone.title')}</PageTitle>
      {answering.length > 1 && (
        <NativeSelect
          label={t('queues.desk')}
          value={desk.slug}
          onChange={(event) => {
            setSlug(event.currentTarget.value)
            setForm(undefined)
            next()
          }}
          data={answering.map((work) => ({ value: work.desk.slug, label: work.desk.title }))}
          className="w-select"
          mb="md"
        />
      )}
      <div className="phone__columns">
        <div>
          {desk.texts.opening && (
            <section className="opening" aria-labelledby="opening-title">
              <h2 id="opening-title">{t('phone.opening')}</h2>
              <Prose text={desk.texts.opening} />
            </section>
          )}
          {caller ? (
            <CallerCard
              desk={desk}
              caller={caller}
              onForget={() => {
                setCaller(undefined)
                setTimeout(() => document.getElementById('caller-search')?.focus())
              }}
            />
          ) : (
            <Search
              key={`${desk.slug} ${call}`}
              desk={desk}
              onCaller={(found) => {
                setCaller(found)
                setTimeout(focusForm)
              }}
              onForm={(known) => {
                if (Object.keys(known).length > 0) setSaid(known)
                setTimeout(focusForm)
              }}
            />
          )}
        </div>
        <div>
          {filed ? (
            <Filed tenant={tenant} ticket={filed} onNext={next} />
          ) : (
            <section className="section" aria-labelledby="new-title">
              <h2 id="new-title">{t('phone.new')}</h2>
              {forms.length === 0 && <p>{t('phone.no_form')}</p>}
              {forms.length > 1 && (
                <NativeSelect
                  label={t('phone.form')}
                  value={chosen?.key}
                  onChange={(event) => setForm(event.currentTarget.value)}
                  data={forms.map((one) => ({ value: one.key, label: one.title }))}
                  mb="md"
                />
              )}
              {chosen && (
                <Loaded key={`${desk.slug} ${chosen.key} ${call}`} desk={desk} form={chosen.key} caller={caller} said={said} onFiled={setFiled} />
              )}
            </section>
          )}
        </div>
      </div>
    </div>
  )
}

/** To the first input that is still empty; choices have their first radio. */
function focusForm() {
  const inputs = [...document.querySelectorAll<HTMLInputElement>('#short-form :is(input, textarea, select):not([type=hidden], [type=file], [readonly])')]
  const empty = inputs.find((input) => (input.type === 'radio' ? !document.querySelector(`input[name="${input.name}"]:checked`) : input.value === ''))
  ;(empty ?? inputs[0])?.focus()
}

interface LoadedProps {
  desk: Schemas['DeskView']
  form: string
  caller?: Caller
  said?: Known
  onFiled: (ticket: Schemas['TicketView']) => void
}

function Loaded({ desk, form, ...rest }: LoadedProps) {
  const { tenant } = usePlace()
  const view = useQuery({ ...formQuery(tenant, desk.slug, form), refetchOnWindowFocus: false })
  if (view.error && !view.data) return <Failure error={view.error} />
  if (!view.data) return <Waiting />
  return <ShortForm desk={desk} view={view.data} {...rest} />
}

/** The number, to be read out; the next call is one key away. */
function Filed({ tenant, ticket, onNext }: { tenant: string; ticket: Schemas['TicketView']; onNext: () => void }) {
  const { t } = useTranslation('desk')
  return (
    <section className="box" role="status">
      <h2>{t('phone.filed')}</h2>
      <p className="number">{ticket.number}</p>
      <p className="phone__spoken">{spoken(ticket.number)}</p>
      <p>{t('phone.status', { status: ticket.status.title })}</p>
      <p>
        <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: ticket.number }}>
          {t('phone.open')}
        </Link>
      </p>
      <Button onClick={onNext} autoFocus>
        {t('phone.next')}
      </Button>
    </section>
  )
}
