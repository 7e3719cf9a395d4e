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
import { CallerCard } from './CallerCard'
import { type KeptCall, useCalls } from './calls'
import { Search } from './Search'
import { ShortForm, type ShortFormProps } from './ShortForm'
import { Unfinished } from './Unfinished'

/** The phone: who calls, what stands of his tickets, and a new one in the shortest form. */
export function PhoneDesk() {
  const { t } = useTranslation('desk')
  const { tenant, me, works } = usePlace()
  const answering = works.filter((work) => work.line)
  const calls = useCalls(
    tenant,
    me.id,
    answering.map((work) => work.desk.slug),
  )
  const { call } = calls
  const [filed, setFiled] = useState<Schemas['TicketView']>()
  const desk = answering.find((work) => work.desk.slug === call.desk)?.desk
  const forms = desk?.forms.filter((one) => one.channels.includes('phone')) ?? []
  const chosen = forms.find((one) => one.key === call.form) ?? forms[0]
  const { unfinished } = calls

  const next = (desk?: string) => {
    setFiled(undefined)
    calls.next(desk)
    setTimeout(focusSearch)
  }
  const resume = (other: KeptCall) => {
    setFiled(undefined)
    calls.resume(other)
    setTimeout(focusForm)
  }
  useCommands(t('phone.title'), [
    { id: 'search', title: t('phone.to_search'), key: 'Slash', run: focusSearch },
    ...(forms.length > 0 ? [{ id: 'new', title: t('phone.to_form'), key: 'KeyN', run: focusForm }] : []),
    { id: 'call', title: t('phone.next'), key: 'KeyC', run: () => next() },
    ...unfinished.slice(0, 1).map((other) => ({ id: 'resume', title: t('phone.resume_last'), run: () => resume(other) })),
  ])
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
          onChange={(event) => next(event.currentTarget.value)}
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
          {call.caller ? (
            <CallerCard
              desk={desk}
              caller={call.caller}
              onForget={() => {
                if (filed) return next()
                calls.change({ caller: undefined, said: undefined })
                setTimeout(focusSearch)
              }}
            />
          ) : (
            <Search
              key={call.id}
              desk={desk}
              files={forms.length > 0}
              onCaller={(found) => {
                calls.change({ caller: found })
                setTimeout(focusForm)
              }}
              onForm={(known) => {
                if (Object.keys(known).length > 0) calls.change({ said: known })
                setTimeout(focusForm)
              }}
            />
          )}
          <Unfinished calls={unfinished} onResume={resume} onRemove={calls.remove} />
        </div>
        <div>
          {filed ? (
            <Filed tenant={tenant} ticket={filed} onNext={() => next()} />
          ) : (
            <section className="section" aria-labelledby="new-title">
              <h2 id="new-title">{t('phone.new')}</h2>
              {forms.length === 0 && <p>{t('phone.no_form')}</p>}
              {forms.length > 1 && (
                <NativeSelect
                  label={t('phone.form')}
                  value={chosen?.key}
                  onChange={(event) => calls.change({ form: event.currentTarget.value })}
                  data={forms.map((one) => ({ value: one.key, label: one.title }))}
                  mb="md"
                />
              )}
              {chosen && (
                <Loaded
                  key={`${call.id} ${desk.slug} ${chosen.key}`}
                  desk={desk}
                  form={chosen.key}
                  call={call}
                  onNote={calls.note}
                  onKnown={(caller) => calls.change({ caller })}
                  onDiscard={() => {
                    calls.discard()
                    setTimeout(focusSearch)
                  }}
                  onFiled={(ticket) => {
                    calls.finish()
                    setFiled(ticket)
                  }}
                />
              )}
            </section>
          )}
        </div>
      </div>
    </div>
  )
}

function focusSearch() {
  document.getElementById('caller-search')?.focus()
}

/** To the first input that is still empty; choices have their first radio. */
function focusForm() {
  const inputs = [...document.querySelectorAll<HTMLInputElement>('#short-form :is(input, textarea, select):not([type=hidden], [type=file], [readonly])')]
  const empty = inputs.find((input) => (input.type === 'radio' ? !document.querySelector(`input[name="${input.name}"]:checked`) : input.value === ''))
  ;(empty ?? inputs[0])?.focus()
}

interface LoadedProps extends Omit<ShortFormProps, 'view'> {
  form: string
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
