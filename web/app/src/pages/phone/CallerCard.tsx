import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../api/client'
import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { usePlace } from '../desk/place'
import type { Caller } from './caller'
import { Readout } from './Readout'

interface Props {
  desk: Schemas['DeskView']
  caller: Caller
  onForget: () => void
}

const most = 20

/** Who calls, and what of his is still open. */
export function CallerCard({ desk, caller, onForget }: Props) {
  const { t } = useTranslation('desk')
  const { tenant } = usePlace()
  const open = useQuery({
    queryKey: [tenant, 'tickets', 'caller', desk.slug, caller.id, language()],
    queryFn: async () =>
      (
        await ask(
          api.GET('/api/v1/t/{tenant}/tickets', {
            params: { path: { tenant }, query: { desk: desk.slug, requester: caller.id, category: 'new,open,waiting', limit: most } },
          }),
        )
      ).items,
  })
  const facts = [caller.position, caller.organisation, caller.inn && `${t('phone.inn_short')} ${caller.inn}`, caller.phone, caller.email].filter(Boolean)
  return (
    <section className="section" aria-labelledby="caller-title">
      <h2 id="caller-title">{t('phone.caller')}</h2>
      <div className="phone__caller">
        <p>
          <strong>{caller.name}</strong> {!caller.verified && <span className="dim">{t('phone.unverified')}</span>}
          {facts.length > 0 && <span className="facts__more">{facts.join(', ')}</span>}
        </p>
        <button type="button" className="link-button" onClick={onForget}>
          {t('phone.another')}
        </button>
      </div>
      <h2>{t('phone.open_tickets')}</h2>
      {open.error && <Failure error={open.error} />}
      {open.data?.length === 0 && <p className="dim">{t('phone.none_open')}</p>}
      <ul className="calls" aria-label={t('phone.open_tickets')}>
        {open.data?.map((item) => (
          <Readout key={item.number} tenant={tenant} item={item} zone={desk.time_zone} />
        ))}
      </ul>
    </section>
  )
}
