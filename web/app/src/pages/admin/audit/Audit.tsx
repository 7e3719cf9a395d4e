import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Wide } from '../../../ui/edit/Wide'
import { instant } from '../../../ui/format'
import { auditQuery, type Change } from '../data/audit'
import { useAdmin, useAdminDesk } from '../place'
import { isKnown } from './actions'
import { Details } from './Details'
import { added, unwritten } from './leaves'

/** Who changed what of this desk, latest first. */
export function Audit() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const pages = useInfiniteQuery({ ...auditQuery(tenant, desk.slug), refetchOnMount: 'always' })
  const changes = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageTitle>{t('section.audit')}</PageTitle>
      <p className="intro">{t('audit.intro')}</p>
      {pages.error && <Failure error={pages.error} />}
      {pages.isPending && !pages.error && <Waiting />}
      {pages.data && changes.length === 0 && <p className="nothing">{t('audit.none')}</p>}
      {changes.length > 0 && (
        <Wide name={t('section.audit')}>
          <table className="grid">
            <caption className="visually-hidden">{t('section.audit')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('audit.at')}</th>
                <th scope="col">{t('audit.who')}</th>
                <th scope="col">{t('audit.what')}</th>
                <th scope="col">{t('audit.details')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <Row key={change.id} change={change} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {pages.hasNextPage && (
        <Button variant="default" mt="md" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('audit.more')}
        </Button>
      )}
    </>
  )
}

const isId = (object: string) => /^[0-9a-f-]{36}$/.test(object)

function Row({ change }: { change: Change }) {
  const { t } = useTranslation('admin')
  const desk = useAdminDesk()
  return (
    <tr>
      <td className="grid__time">
        <time dateTime={change.at}>{instant(change.at, desk.time_zone)}</time>
      </td>
      <td>{change.actor.kind === 'operator' ? t('audit.operator') : (change.actor.name ?? t('audit.somebody'))}</td>
      <td>
        {added(change) ? t('audit.value_added') : isKnown(change.action) ? t(`audit.action.${change.action}`) : change.action}
        <Subject change={change} />
      </td>
      <td>
        <Written change={change} />
        <Details data={change.values ? unwritten(change.data) : change.data} />
      </td>
    </tr>
  )
}

/** Whom or what it was done to. */
function Subject({ change: { subject, object } }: { change: Change }) {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  if (subject?.kind === 'person' && subject.id) {
    return (
      <Link to="/t/$tenant/admin/$desk/people/$person" params={{ tenant, desk: desk.slug, person: subject.id }} className="grid__under">
        {subject.title || t('audit.open_person')}
      </Link>
    )
  }
  const name = subject?.title || (isId(object) ? '' : object)
  return name ? <span className="grid__under">{name}</span> : null
}

/** The values of a list that were written. */
function Written({ change: { values = [], more } }: { change: Change }) {
  const { t } = useTranslation('admin')
  if (values.length === 0) return null
  return (
    <ul className="written">
      {values.map(({ key, title }) => (
        <li key={key}>
          {title} <code>{key}</code>
        </li>
      ))}
      {more !== undefined && more > 0 && <li>{t('audit.more_values', { count: more })}</li>}
    </ul>
  )
}
