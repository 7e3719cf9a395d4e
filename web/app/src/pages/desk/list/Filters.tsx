import './chips.css'

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { agentOptions, agentsQuery } from '../desk'
import type { Work } from '../place'
import type { Choice } from './columns'
import { ColumnMenu } from './ColumnMenu'
import { categories, listOf, narrowed, orders, toggled, type View, widened } from './view'

interface Props {
  tenant: string
  work: Work
  view: View
  choices: Choice[]
  onChange: (change: View) => void
}

/** The filters; each is in the address, so that a view can be kept and sent as a link. */
export function Filters({ tenant, work: { desk }, view, choices, onChange }: Props) {
  const { t } = useTranslation('desk')
  const [q, setQ] = useState(view.q ?? '')
  const [open, setOpen] = useState(false)
  const agents = useQuery(agentsQuery(tenant, desk.slug)).data ?? []
  useEffect(() => setQ(view.q ?? ''), [view.q])
  const search = (event: FormEvent) => {
    event.preventDefault()
    onChange({ q: q.trim() || undefined })
  }
  const chosen = listOf(view.category)
  const statuses = desk.statuses.filter((status) => chosen.length === 0 || chosen.includes(status.category))
  const clear = () => {
    setQ('')
    onChange({ ...Object.fromEntries(Object.keys(view).map((key) => [key, undefined])), ...widened(view) })
  }
  const category = (one: string) => {
    const next = toggled(view.category, one)
    const left = listOf(next)
    const kept = listOf(view.status).filter((key) => left.length === 0 || left.includes(desk.statuses.find((status) => status.key === key)?.category ?? ''))
    onChange({ category: next, status: kept.join(',') || undefined })
  }
  return (
    <form className="filters" role="search" onSubmit={search} aria-label={t('filters.label')}>
      <div className="filters__line">
        <TextInput
          id="desk-search"
          type="search"
          label={t('filters.q')}
          placeholder={t('filters.q_hint')}
          value={q}
          maxLength={200}
          onChange={(event) => setQ(event.currentTarget.value)}
          className="filters__q"
        />
        <Button type="submit">{t('filters.find')}</Button>
        <Button variant={view.unread ? 'filled' : 'default'} aria-pressed={view.unread === true} onClick={() => onChange({ unread: view.unread ? undefined : true })}>
          {t('filters.unread')}
        </Button>
        <ColumnMenu asked={view.columns} choices={choices} onChange={(columns) => onChange({ columns })} />
        <Button variant="default" className="filters__toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('filters.more')}
        </Button>
        {narrowed(view) && (
          <Button variant="subtle" onClick={clear}>
            {t('filters.clear')}
          </Button>
        )}
      </div>
      <div className="filters__line filters__more" data-open={open || undefined}>
        <fieldset className="chips">
          <legend>{t('filters.category')}</legend>
          {categories.map((one) => (
            <button key={one} type="button" className="chip" data-category={one} aria-pressed={chosen.includes(one)} onClick={() => category(one)}>
              {t(`category.${one}`)}
            </button>
          ))}
        </fieldset>
        <NativeSelect
          label={t('filters.status')}
          value={view.status?.includes(',') ? '*' : (view.status ?? '')}
          onChange={(event) => event.currentTarget.value !== '*' && onChange({ status: event.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('filters.any') },
            ...(view.status?.includes(',') ? [{ value: '*', label: t('filters.several', { count: listOf(view.status).length }) }] : []),
            ...statuses.map((status) => ({ value: status.key, label: status.title })),
          ]}
        />
        <NativeSelect
          label={t('filters.line')}
          value={view.line ?? ''}
          onChange={(event) => onChange({ line: event.currentTarget.value || undefined })}
          data={[{ value: '', label: t('filters.any_line') }, ...desk.lines.map((line) => ({ value: line.key, label: line.title }))]}
        />
        <NativeSelect
          label={t('filters.assignee')}
          value={view.assignee ?? ''}
          onChange={(event) => onChange({ assignee: event.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('filters.anybody') },
            { value: 'me', label: t('filters.me') },
            { value: 'none', label: t('filters.nobody') },
            ...agentOptions(agents, desk.lines),
          ]}
        />
        <NativeSelect
          label={t('order.label')}
          value={view.order ?? 'updated'}
          onChange={(event) => onChange({ order: orders.find((one) => one === event.currentTarget.value), direction: undefined })}
          data={orders.map((one) => ({ value: one, label: t(`order.${one}`) }))}
        />
      </div>
    </form>
  )
}
