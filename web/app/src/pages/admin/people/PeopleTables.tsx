import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Wide } from '../../../ui/edit/Wide'
import type { Found, Member } from '../data/people'
import { useAdmin, useAdminDesk } from '../place'

function Name({ id, name, children }: { id: string; name: string; children?: string }) {
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  return (
    <th scope="row">
      <Link to="/t/$tenant/admin/$desk/people/$person" params={{ tenant, desk: desk.slug, person: id }}>
        {name}
      </Link>
      {children && <span className="grid__under">{children}</span>}
    </th>
  )
}

/** Who works or administers the desk. */
export function MemberTable({ members }: { members: Member[] }) {
  const { t } = useTranslation('admin')
  const desk = useAdminDesk()
  const lineOf = (key: string) => desk.lines.find((line) => line.key === key)?.title ?? key
  return (
    <Wide name={t('people.members')}>
      <table className="grid">
        <caption className="visually-hidden">{t('people.members')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('people.name')}</th>
            <th scope="col">{t('people.line')}</th>
            <th scope="col">{t('people.administrator')}</th>
          </tr>
        </thead>
        <tbody>
          {members.map(({ person, line, administrator }) => (
            <tr key={person.id}>
              <Name id={person.id} name={person.name}>
                {person.email}
              </Name>
              <td>{line ? lineOf(line) : <span className="faint">{t('people.no_line')}</span>}</td>
              <td>{administrator ? t('people.yes_administrator') : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  )
}

/** Who was found. */
export function FoundTable({ people }: { people: Found[] }) {
  const { t } = useTranslation('admin')
  return (
    <Wide name={t('people.found')}>
      <table className="grid">
        <caption className="visually-hidden">{t('people.found')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('people.name')}</th>
            <th scope="col">{t('people.contact')}</th>
            <th scope="col">{t('people.organisation')}</th>
            <th scope="col">{t('people.open_tickets')}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id}>
              <Name id={person.id} name={person.name}>
                {person.position}
              </Name>
              <td>
                {person.email}
                {person.phone && <span className="grid__under">{person.phone}</span>}
              </td>
              <td>
                {person.organisation?.name}
                {person.organisation?.inn && <span className="grid__under">{t('people.inn_of', { inn: person.organisation.inn })}</span>}
              </td>
              <td className="tabular">{person.tickets_open}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  )
}
