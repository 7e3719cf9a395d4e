import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { Waiting } from '../../../shell/Waiting'
import { instant } from '../../../ui/format'
import { useCommands } from '../commands'
import { decisionsQuery } from './ticket'
import { useWorking } from './working'

/** Why the ticket is where it is: what each rule read, and what it did, as it was decided then. */
export function Why() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work } = useWorking()
  const [open, setOpen] = useState(false)
  const summary = useRef<HTMLElement>(null)
  const decisions = useQuery({ ...decisionsQuery(tenant, ticket.number), enabled: open })
  useCommands(t('why.title'), [
    {
      id: 'why',
      title: t('why.title'),
      key: 'KeyW',
      run: () => {
        setOpen(true)
        summary.current?.scrollIntoView({ block: 'center' })
        summary.current?.focus()
      },
    },
  ])
  return (
    <section className="panel">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary ref={summary} className="panel__summary">
          <h2>{t('why.title')}</h2>
        </summary>
        {decisions.error && <Failure error={decisions.error} />}
        {open && decisions.isPending && <Waiting />}
        {decisions.data?.map((decision) => (
          <div key={`${decision.seq} ${decision.at}`} className="decision">
            <h3>{instant(decision.at, work.desk.time_zone)}</h3>
            <p className="dim">{decision.revision > 0 ? t('why.revision', { revision: decision.revision }) : t('why.base')}</p>
            <ul>
              {decision.rules
                .toSorted((a, b) => Number(b.matched) - Number(a.matched))
                .map((rule) => (
                  <li key={rule.id} data-matched={rule.matched || undefined}>
                    <code>{rule.id}</code> <span>{rule.why}</span>
                  </li>
                ))}
            </ul>
          </div>
        ))}
        {decisions.data?.length === 0 && <p>{t('why.none')}</p>}
      </details>
    </section>
  )
}
