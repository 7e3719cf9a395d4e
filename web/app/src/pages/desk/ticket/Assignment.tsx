import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { useCommands } from '../commands'
import { onVersion } from './ticket'
import { useWorking } from './working'

/** Who works the ticket. */
export function Assignment() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, work, rights, busy, write, seen } = useWorking()
  const [failure, setFailure] = useState<ApiError>()
  const mine = ticket.assignee?.id === me.id
  const mayTake = rights.assign && work.line !== undefined && !mine
  const mayFree = rights.assign && Boolean(ticket.assignee)
  const assign = async (assignee: string | null) => {
    setFailure(undefined)
    const outcome = await write({
      what: assignee ? t('assign.me') : t('assign.none'),
      mine: [{ label: t('assign.title'), text: assignee ? me.name : t('list.nobody') }],
      theirs: (now) => [{ label: t('assign.title'), text: now.assignee?.name ?? t('list.nobody') }],
      seen,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/assign', {
            params: { path: { tenant, number: ticket.number }, header: onVersion(version) },
            body: { assignee },
          }),
        ),
      said: saidOf(assignee),
    })
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  const saidOf = (assignee: string | null) => (assignee ? t('assign.took') : t('assign.freed'))
  useCommands(t('assign.title'), [
    ...(mayTake ? [{ id: 'take', title: t('assign.me'), key: 'KeyI', run: () => void assign(me.id) }] : []),
    ...(mayFree ? [{ id: 'free', title: t('assign.none'), key: 'KeyO', run: () => void assign(null) }] : []),
  ])
  return (
    <section className="panel" aria-labelledby="assign-title">
      <h2 id="assign-title">{t('assign.title')}</h2>
      <p className="panel__value">{ticket.assignee?.name ?? t('list.nobody')}</p>
      {(mayTake || mayFree) && (
        <Group gap="xs">
          {mayTake && (
            <Button size="compact-sm" variant="default" loading={busy} onClick={() => void assign(me.id)}>
              {t('assign.me')}
            </Button>
          )}
          {mayFree && (
            <Button size="compact-sm" variant="default" loading={busy} onClick={() => void assign(null)}>
              {t('assign.none')}
            </Button>
          )}
        </Group>
      )}
      {failure && <Failure error={failure} />}
    </section>
  )
}
