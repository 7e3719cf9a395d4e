import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { StatusMark } from '../StatusMark'
import { duplicatesQuery } from './ticket'
import type { Asked } from './Transitions'
import { useWorking } from './working'

interface Props {
  transitions: Schemas['TransitionView'][]
  onAsk: (asked: Asked) => void
}

/** Tickets that may be the base of this one, the earliest first (R4.35). */
export function Candidates({ transitions, onAsk }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, ticket } = useWorking()
  const found = useQuery(duplicatesQuery(tenant, ticket.number)).data ?? []
  const transition = ticket.may.tie ? transitions.find((one) => one.allowed && one.needs.includes('duplicate_of')) : undefined
  if (found.length === 0) return null
  return (
    <section className="panel" aria-labelledby="candidates-title">
      <h2 id="candidates-title">{t('candidates.title')}</h2>
      <ul className="candidates">
        {found.map((item) => (
          <li key={item.number}>
            <Link to="/t/$tenant/desk/tickets/$number" params={{ tenant, number: item.number }} className="tabular">
              {item.number}
            </Link>{' '}
            <StatusMark status={item.status} />
            <p>{item.subject}</p>
            {transition && item.number !== ticket.duplicate_of && (
              <Button size="compact-sm" variant="default" onClick={() => onAsk({ transition, duplicateOf: item.number })}>
                {t('candidates.tie', { number: item.number })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
