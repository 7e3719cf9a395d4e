import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '../../../api/problem'
import { Failure, NotFoundScreen } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Confirm } from '../../../ui/edit/Confirm'
import { ShownOnce } from '../../../ui/edit/ShownOnce'
import { instant } from '../../../ui/format'
import { type Card, erasePerson, newPassword, personQuery } from '../data/people'
import { useAdmin, useAdminDesk } from '../place'
import { PersonDialog } from './PersonDialog'
import { Roles } from './Roles'

/** One person: the profile, the roles, the password, and erasing. */
export function PersonPage() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const { person: id } = useParams({ from: '/t/$tenant/admin/$desk/people/$person' })
  const person = useQuery(personQuery(tenant, id))
  if (person.error instanceof ApiError && person.error.status === 404) return <NotFoundScreen detail={person.error.detail} />
  return (
    <>
      <Link to="/t/$tenant/admin/$desk/people" params={{ tenant, desk: desk.slug }} className="back">
        {t('section.people')}
      </Link>
      <PageTitle>{person.data?.name ?? t('people.person')}</PageTitle>
      {person.error && !person.data && <Failure error={person.error} />}
      {person.isPending && !person.error && <Waiting />}
      {person.data && <Known card={person.data} />}
    </>
  )
}

type Opened = 'edit' | 'password' | 'erase'

function Known({ card }: { card: Card }) {
  const { t } = useTranslation('admin')
  const { tenant, me } = useAdmin()
  const [opened, setOpened] = useState<Opened>()
  const [password, setPassword] = useState<string>()
  const close = () => setOpened(undefined)
  return (
    <>
      {card.erased && <p className="notice-box">{t('people.erased')}</p>}
      <Facts card={card} />
      {!card.erased && (
        <div className="row-acts">
          <Button onClick={() => setOpened('edit')}>{t('people.edit')}</Button>
          {card.login !== '' && (
            <Button variant="default" onClick={() => setOpened('password')}>
              {t('people.reset')}
            </Button>
          )}
          {card.id !== me.id && (
            <Button variant="default" onClick={() => setOpened('erase')}>
              {t('people.erase')}
            </Button>
          )}
        </div>
      )}
      {!card.erased && <Roles card={card} />}
      {opened === 'edit' && <PersonDialog card={card} onClose={close} />}
      {opened === 'password' && (
        <Confirm title={t('people.reset')} act={t('people.reset_act')} onAct={async () => setPassword(await newPassword(tenant, card.id))} onClose={close}>
          <p>{t('people.reset_text', { name: card.name })}</p>
        </Confirm>
      )}
      {opened === 'erase' && (
        <Confirm title={t('people.erase')} act={t('people.erase_act')} onAct={() => erasePerson(tenant, card.id)} onClose={close}>
          <p>{t('people.erase_text', { name: card.name })}</p>
          <p>
            <strong>{t('people.erase_goes')}</strong> {t('people.erase_goes_text')}
          </p>
          <p>
            <strong>{t('people.erase_stays')}</strong> {t('people.erase_stays_text')}
          </p>
        </Confirm>
      )}
      {password && (
        <ShownOnce name={card.name} login={card.login} password={password} address={`${window.location.origin}/t/${tenant}/`} onClose={() => setPassword(undefined)} />
      )}
    </>
  )
}

function Facts({ card }: { card: Card }) {
  const { t } = useTranslation('admin')
  const facts: [string, string][] = [
    [t('people.email'), card.email],
    [t('people.phone'), card.phone],
    [t('people.position'), card.position],
    [t('people.kind'), card.kind === 'citizen' ? t('people.citizen') : t('people.staff')],
    [t('people.organisation'), [card.organisation?.name, card.organisation?.inn && t('people.inn_of', { inn: card.organisation.inn })].filter(Boolean).join(', ')],
    [t('people.login'), card.login || t('people.no_login')],
    [t('people.verified'), card.verified ? t('people.is_verified') : t('people.not_verified')],
    [t('people.created'), instant(card.created_at)],
  ]
  return (
    <dl className="pairs pairs--columns">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text || '—'}</dd>
        </div>
      ))}
    </dl>
  )
}
