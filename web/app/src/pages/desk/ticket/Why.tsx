import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { Failure } from '../../../shell/ErrorScreen'
import { Waiting } from '../../../shell/Waiting'
import { instant } from '../../../ui/format'
import { useCommands } from '../commands'
import { titleOf } from '../place'
import { decisionsQuery } from './ticket'
import { useWorking } from './working'

/** Why the ticket is where it is: what each rule read, and what it did, as it was decided then. */
export function Why() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work } = useWorking()
  const [open, setOpen] = useState(false)
  const summary = useRef<HTMLElement>(null)
  const decisions = useQuery({ ...decisionsQuery(tenant, ticket.number), enabled: open })
  const read = decisions.data !== undefined
  // What was asked for is looked at: the answer opens under its question, which may be at the window's end.
  useEffect(() => {
    if (open && read) summary.current?.scrollIntoView({ block: 'start' })
  }, [open, read])
  useCommands(t('why.title'), [
    {
      id: 'why',
      title: t('why.title'),
      key: 'KeyW',
      run: () => {
        setOpen(true)
        summary.current?.scrollIntoView({ block: 'start' })
        summary.current?.focus({ preventScroll: true })
      },
    },
  ])
  return (
    <section className="panel">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary ref={summary} className="panel__summary">
          <h2>{t('why.title')}</h2>
        </summary>
        <p>{t('why.now', { queue: titleOf(work.desk.queues, ticket.queue), line: titleOf(work.desk.lines, ticket.line) })}</p>
        {decisions.error && <Failure error={decisions.error} />}
        {open && decisions.isPending && <Waiting />}
        {decisions.data?.map((decision, i) => (
          <Decision key={`${decision.seq} ${decision.at}`} decision={decision} latest={i === 0} />
        ))}
        {decisions.data?.length === 0 && <p>{t('why.none')}</p>}
      </details>
    </section>
  )
}

function Decision({ decision, latest }: { decision: Schemas['DecisionView']; latest: boolean }) {
  const { t } = useTranslation('desk')
  const { work } = useWorking()
  const matched = decision.rules.filter((rule) => rule.matched)
  const silent = decision.rules.filter((rule) => !rule.matched)
  return (
    <details className="decision" open={latest}>
      <summary>
        {instant(decision.at, work.desk.time_zone)} <span className="dim">{decision.revision > 0 ? t('why.revision', { revision: decision.revision }) : t('why.base')}</span>
      </summary>
      {matched.length === 0 && <p>{t('why.nothing')}</p>}
      <Rules rules={matched} />
      {silent.length > 0 && (
        <details>
          <summary className="dim">{t('why.silent', { count: silent.length })}</summary>
          <Rules rules={silent} />
        </details>
      )}
    </details>
  )
}

// What decides the place of a ticket stands first.
const kinds = ['route', 'priority', 'guard', 'require', 'validate', 'visible'] as const

function Rules({ rules }: { rules: Schemas['RuleView'][] }) {
  const { t } = useTranslation('desk')
  return kinds.map((kind) => {
    const own = rules.filter((rule) => rule.kind === kind)
    if (own.length === 0) return null
    return (
      <div key={kind}>
        <h3>{t(`why.kind.${kind}`)}</h3>
        <ul>
          {own.map((rule) => (
            <li key={rule.id} data-matched={rule.matched || undefined}>
              <code>{rule.id}</code> <span>{rule.why}</span>
            </li>
          ))}
        </ul>
      </div>
    )
  })
}
