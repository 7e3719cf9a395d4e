import { Button, Group, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { useCommands } from '../commands'
import { agentOptions, agentsQuery } from '../desk'
import { onVersion } from './ticket'
import { useWorking } from './working'

/** Who works the ticket. */
export function Assignment() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, me, work, busy, write, seen } = useWorking()
  const [failure, setFailure] = useState<ApiError>()
  const may = ticket.may.assign
  const agents = useQuery({ ...agentsQuery(tenant, ticket.desk), enabled: may }).data ?? []
  const mine = ticket.assignee?.id === me.id
  const mayTake = may && work.line !== undefined && !mine
  const mayFree = may && Boolean(ticket.assignee)
  const assign = async (assignee: string | null) => {
    setFailure(undefined)
    const name = agents.find((agent) => agent.id === assignee)?.name ?? me.name
    const outcome = await write({
      what: assignee ? t('assign.title') : t('assign.none'),
      mine: [{ label: t('assign.title'), text: assignee ? name : t('list.nobody') }],
      theirs: (now) => [{ label: t('assign.title'), text: now.assignee?.name ?? t('list.nobody') }],
      seen,
      send: (version) =>
        ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/assign', {
            params: { path: { tenant, number: ticket.number }, header: onVersion(version) },
            body: { assignee },
          }),
        ),
      said: assignee === null ? t('assign.freed') : assignee === me.id ? t('assign.took') : t('assign.given', { name }),
    })
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  useCommands(t('assign.title'), [
    ...(mayTake ? [{ id: 'take', title: t('assign.me'), key: 'KeyI', run: () => void assign(me.id) }] : []),
    ...(mayFree ? [{ id: 'free', title: t('assign.none'), key: 'KeyO', run: () => void assign(null) }] : []),
    ...(may ? [{ id: 'assign', title: t('assign.choose'), key: 'KeyA', run: () => document.getElementById('assignee')?.focus() }] : []),
    ...(may ? agents.filter((agent) => agent.id !== me.id).map((agent) => ({ id: `assign-${agent.id}`, title: t('assign.command', { name: agent.name }), run: () => void assign(agent.id) })) : []),
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
      {may && agents.length > 1 && <SomebodyElse agents={agentOptions(agents.filter((agent) => agent.id !== ticket.assignee?.id), work.desk.lines)} busy={busy} onAssign={(id) => void assign(id)} />}
      {failure && <Failure error={failure} />}
    </section>
  )
}

/** Somebody else: chosen first and sent by a button, so that arrow keys change nothing. */
function SomebodyElse({ agents, busy, onAssign }: { agents: ReturnType<typeof agentOptions>; busy: boolean; onAssign: (id: string) => void }) {
  const { t } = useTranslation('desk')
  const [chosen, setChosen] = useState('')
  return (
    <form
      className="panel__line"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen) onAssign(chosen)
        setChosen('')
      }}
    >
      <NativeSelect
        id="assignee"
        size="xs"
        aria-label={t('assign.choose')}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={[{ value: '', label: t('assign.to') }, ...agents]}
      />
      {chosen && (
        <Button type="submit" size="compact-sm" loading={busy}>
          {t('assign.send')}
        </Button>
      )}
    </form>
  )
}
