import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Work } from '../place'
import { categories, type View } from './view'

interface Props {
  work: Work
  view: View
  onChange: (change: View) => void
}

/** The filters; each is in the address, so that a view can be kept and sent as a link. */
export function Filters({ work: { desk }, view, onChange }: Props) {
  const { t } = useTranslation('desk')
  const [q, setQ] = useState(view.q ?? '')
  useEffect(() => setQ(view.q ?? ''), [view.q])
  const search = (event: FormEvent) => {
    event.preventDefault()
    onChange({ q: q.trim() || undefined })
  }
  const statuses = desk.statuses.filter((status) => !view.category || status.category === view.category)
  const set = view.q || view.category || view.status || view.line || view.assignee || view.unread
  return (
    <form className="filters" role="search" onSubmit={search} aria-label={t('filters.label')}>
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
      <NativeSelect
        label={t('filters.category')}
        value={view.category ?? ''}
        onChange={(event) => onChange({ category: categories.find((one) => one === event.currentTarget.value), status: undefined })}
        data={[{ value: '', label: t('filters.any') }, ...categories.map((one) => ({ value: one, label: t(`category.${one}`) }))]}
      />
      <NativeSelect
        label={t('filters.status')}
        value={view.status ?? ''}
        onChange={(event) => onChange({ status: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('filters.any') }, ...statuses.map((status) => ({ value: status.key, label: status.title }))]}
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
        ]}
      />
      <Button type="submit">{t('filters.find')}</Button>
      <Button variant={view.unread ? 'filled' : 'default'} aria-pressed={view.unread === true} onClick={() => onChange({ unread: view.unread ? undefined : true })}>
        {t('filters.unread')}
      </Button>
      {set && (
        <Button
          variant="subtle"
          onClick={() => {
            setQ('')
            onChange({ q: undefined, category: undefined, status: undefined, line: undefined, assignee: undefined, unread: undefined })
          }}
        >
          {t('filters.clear')}
        </Button>
      )}
    </form>
  )
}
