import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { desksQuery, useMe } from '../../api/queries'
import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { Moment } from '../../ui/Moment'
import { StatusBadge } from '../../ui/StatusBadge'
import { Filter } from './Filter'
import type { TicketFilter } from './filter'

const limit = 50

/** The tickets that this person may see, all of them until a filter is applied (R4.20). */
export function Tickets() {
  const { t } = useTranslation()
  const { tenant } = useParams({ from: '/t/$tenant/tickets' })
  const filter = useSearch({ from: '/t/$tenant/tickets' })
  const navigate = useNavigate()
  const desks = useQuery(desksQuery(tenant)).data
  const me = useMe(tenant).data
  const list = useInfiniteQuery({
    queryKey: [tenant, 'tickets', filter, language()],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/api/v1/t/{tenant}/tickets', {
          params: {
            path: { tenant },
            query: { limit, after: pageParam || undefined, ...(filter.on ? { mine: filter.mine, organisation: filter.organisation, q: filter.q } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const apply = (next: TicketFilter) => void navigate({ to: '/t/$tenant/tickets', params: { tenant }, search: next })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="page">
      <PageTitle>{t('tickets.title')}</PageTitle>
      <Filter key={JSON.stringify(filter)} filter={filter} inn={me?.organisation?.inn} onApply={apply} />
      {list.error && <Failure error={list.error} />}
      {list.isPending && <Waiting />}
      {list.data && (
        <p className="visually-hidden" role="status">
          {t('tickets.shown', { count: items.length })}
        </p>
      )}
      {list.data && items.length === 0 && <Empty tenant={tenant} filtered={filter.on === true} />}
      {items.length > 0 && <Table tenant={tenant} items={items} desks={desks} />}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('tickets.more')}
        </Button>
      )}
    </div>
  )
}

function Empty({ tenant, filtered }: { tenant: string; filtered: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="empty">
      <p>{filtered ? t('tickets.nothing') : t('tickets.none')}</p>
      {!filtered && (
        <Link to="/t/$tenant" params={{ tenant }}>
          {t('nav.home')}
        </Link>
      )}
    </div>
  )
}

interface TableProps {
  tenant: string
  items: Schemas['ListItem'][]
  desks?: Schemas['DeskView'][]
}

function Table({ tenant, items, desks }: TableProps) {
  const { t } = useTranslation()
  // Each system has its own word for a number and for who works on it; with several desks ours stands.
  const words = desks?.length === 1 ? desks[0]?.words : undefined
  const zones = new Map(desks?.map((desk) => [desk.slug, desk.time_zone]))
  const head = { number: capital(words?.number) ?? t('tickets.number'), assignee: capital(words?.assignee) ?? t('tickets.assignee') }
  return (
    <table className="list">
      <caption className="visually-hidden">{t('tickets.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{head.number}</th>
          <th scope="col">{t('tickets.subject')}</th>
          <th scope="col">{t('tickets.status')}</th>
          <th scope="col">{head.assignee}</th>
          <th scope="col">{t('tickets.updated')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.number} className={item.unread ? 'list__unread' : undefined}>
            <td className="list__number">
              {/* Of a ticket that is neither his nor his organisation's a person sees this row alone. */}
              {item.desk ? (
                <Link to="/t/$tenant/tickets/$number" params={{ tenant, number: item.number }}>
                  {item.number}
                </Link>
              ) : (
                item.number
              )}
              {item.unread && (
                <span className="dot" title={t('tickets.new')}>
                  <span className="visually-hidden">{t('tickets.new')}</span>
                </span>
              )}
            </td>
            <td className="list__subject">{item.subject}</td>
            <td>
              <StatusBadge status={item.status} />
            </td>
            <td data-label={head.assignee}>{item.assignee?.name ?? <span className="faint">—</span>}</td>
            <td data-label={t('tickets.updated')} className="list__time">
              {item.updated_at ? <Moment at={item.updated_at} zone={item.desk ? zones.get(item.desk) : undefined} /> : <span className="faint">—</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A system's own word at the head of a column. */
function capital(word: string | undefined): string | undefined {
  return word ? word.charAt(0).toLocaleUpperCase() + word.slice(1) : undefined
}
