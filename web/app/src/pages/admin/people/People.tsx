import { Button, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { ShownOnce } from '../../../ui/edit/ShownOnce'
import { type Card, membersQuery, peopleQuery } from '../data/people'
import { useAdmin, useAdminDesk } from '../place'
import { FoundTable, MemberTable } from './PeopleTables'
import { PersonDialog } from './PersonDialog'

/** Who works and administers a desk, and everybody else of the tenant by search. */
export function People() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<Card>()
  const members = useQuery(membersQuery(tenant, desk.slug))
  const found = useQuery({ ...peopleQuery(tenant, desk.slug, q), placeholderData: keepPreviousData })
  const find = (event: FormEvent) => {
    event.preventDefault()
    setQ(typed.trim())
  }
  const open = (person: string) => void navigate({ to: '/t/$tenant/admin/$desk/people/$person', params: { tenant, desk: desk.slug, person } })
  const error = members.error ?? found.error
  return (
    <>
      <PageTitle>{t('section.people')}</PageTitle>
      <p className="intro">{t('people.intro')}</p>
      <div className="toolbar">
        <form role="search" onSubmit={find} className="toolbar__find">
          <TextInput type="search" label={t('people.find')} description={t('people.find_hint')} value={typed} maxLength={200} onChange={(event) => setTyped(event.currentTarget.value)} />
          <Button type="submit" variant="default">
            {t('edit.find')}
          </Button>
        </form>
        <Button onClick={() => setAdding(true)}>{t('people.add')}</Button>
      </div>
      {error && <Failure error={error} />}
      {q !== '' && (
        <section aria-labelledby="people-found" className="section-block">
          <h2 id="people-found">{t('people.found')}</h2>
          {found.isPending && !found.error && <Waiting />}
          {found.data && <p role="status">{found.data.length === 0 ? t('people.nobody') : t('people.count', { count: found.data.length })}</p>}
          {found.data && found.data.length > 0 && <FoundTable people={found.data} />}
        </section>
      )}
      <section aria-labelledby="people-members" className="section-block">
        <h2 id="people-members">{t('people.members')}</h2>
        {members.isPending && !members.error && <Waiting />}
        {members.data?.length === 0 && <p>{t('people.no_members')}</p>}
        {members.data && members.data.length > 0 && <MemberTable members={members.data} />}
      </section>
      {adding && <PersonDialog onClose={() => setAdding(false)} onMade={(card) => (card.password ? setMade(card) : open(card.id))} />}
      {made?.password && (
        <ShownOnce name={made.name} login={made.login} password={made.password} address={`${window.location.origin}/t/${tenant}/`} onClose={() => open(made.id)} />
      )}
    </>
  )
}
