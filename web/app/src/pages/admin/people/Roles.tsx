import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { Failure } from '../../../shell/ErrorScreen'
import { type Card, setMember } from '../data/people'
import { useAdmin } from '../place'

/** What a person is on each desk that the reader administers. */
export function Roles({ card }: { card: Card }) {
  const { t } = useTranslation('admin')
  const { desks } = useAdmin()
  return (
    <section className="section-block" aria-labelledby="roles-title">
      <h2 id="roles-title">{t('people.roles')}</h2>
      {desks.map((desk) => (
        <Role key={desk.slug} card={card} desk={desk} />
      ))}
    </section>
  )
}

function Role({ card, desk }: { card: Card; desk: Schemas['DeskView'] }) {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const now = card.desks.find((one) => one.desk === desk.slug)
  const [line, setLine] = useState(now?.line ?? '')
  const [administrator, setAdministrator] = useState(now?.administrator ?? false)
  useEffect(() => {
    setLine(now?.line ?? '')
    setAdministrator(now?.administrator ?? false)
  }, [now?.line, now?.administrator])
  const save = useMutation({ mutationFn: () => setMember(tenant, desk.slug, card.id, line, administrator) })
  const changed = line !== (now?.line ?? '') || administrator !== (now?.administrator ?? false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <form className="role" onSubmit={submit} aria-label={desk.title}>
      <h3>{desk.title}</h3>
      <NativeSelect
        label={t('people.line')}
        value={line}
        onChange={(event) => setLine(event.currentTarget.value)}
        data={[{ value: '', label: t('people.no_line') }, ...desk.lines.map((one) => ({ value: one.key, label: one.title }))]}
      />
      <Checkbox label={t('people.yes_administrator')} checked={administrator} onChange={(event) => setAdministrator(event.currentTarget.checked)} />
      <Button type="submit" variant={changed ? 'filled' : 'default'} loading={save.isPending}>
        {t('people.save_role')}
      </Button>
      <p role="status" className="sheet__said">
        {changed ? t('edit.unsaved') : save.isSuccess ? t('edit.saved') : ''}
      </p>
      {save.error && <Failure error={save.error} />}
    </form>
  )
}
