import { Button, Checkbox, Group, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { agrees, innOf, type TicketFilter } from './filter'

interface Props {
  filter: TicketFilter
  /** INN of the reader's own organisation. */
  inn?: string
  onApply: (filter: TicketFilter) => void
}

/** The filter of the list: a toggle, then its conditions, applied by Enter or by the button (R4.21 to R4.23). */
export function Filter({ filter, inn, onApply }: Props) {
  const { t } = useTranslation()
  const [on, setOn] = useState(filter.on === true)
  const [mine, setMine] = useState(filter.mine === true)
  const [organisation, setOrganisation] = useState(filter.organisation ?? '')
  const [wrong, setWrong] = useState(false)
  const problem = problemOf(organisation)
  const input = useRef<HTMLInputElement>(null)
  const [q, setQ] = useState(filter.q ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const inn = innOf(organisation)
    setWrong(problem !== undefined)
    if (inn === undefined || problem) return input.current?.focus()
    setOrganisation(inn)
    onApply({ on: true, mine: mine || undefined, organisation: inn || undefined, q: q.trim() || undefined })
  }
  return (
    <search className="filter">
      <Switch
        label={t('filter.toggle')}
        checked={on}
        onChange={(event) => {
          setOn(event.currentTarget.checked)
          if (!event.currentTarget.checked && filter.on) onApply({})
        }}
        size="md"
      />
      {on && (
        <form onSubmit={submit} className="filter__form">
          <Checkbox label={t('filter.mine')} checked={mine} onChange={(event) => setMine(event.currentTarget.checked)} size="md" />
          <TextInput
            ref={input}
            label={t('filter.organisation')}
            error={wrong && problem ? t(problem) : undefined}
            inputWrapperOrder={['label', 'description', 'error', 'input']}
            description={
              <>
                {t('filter.organisation_hint')}
                {inn && <span className="hint">{t('filter.own', { inn })}</span>}
              </>
            }
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            className="w-medium"
            value={organisation}
            onChange={(event) => {
              setOrganisation(event.currentTarget.value)
              // Colleagues' tickets are asked for, not one's own (R4.22).
              if (event.currentTarget.value.trim() !== '') setMine(false)
            }}
          />
          <TextInput
            label={t('filter.q')}
            description={t('filter.q_hint')}
            type="search"
            autoComplete="off"
            maxLength={200}
            className="w-medium"
            value={q}
            onChange={(event) => setQ(event.currentTarget.value)}
          />
          <Group>
            <Button type="submit">{t('filter.apply')}</Button>
          </Group>
        </form>
      )}
    </search>
  )
}

function problemOf(organisation: string) {
  const inn = innOf(organisation)
  if (inn === undefined) return 'filter.inn'
  return inn === '' || agrees(inn) ? undefined : 'filter.inn_digits'
}
