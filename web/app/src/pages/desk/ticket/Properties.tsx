import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { instant } from '../../../ui/format'
import { zoneName } from '../../../ui/zone'
import { useCommands } from '../commands'
import { Leaving } from '../../../ui/Leaving'
import { titleOf } from '../place'
import { onVersion } from './ticket'
import { type Piece, useWorking } from './working'
import { instantOf, wallOf } from './zone'

type Edit = Pick<Schemas['EditBody'], 'priority' | 'queue' | 'deadline_case' | 'deadline_at'>

/** Priority, queue and deadline; what is chosen is sent when it is saved, so that arrow keys change nothing. */
export function Properties() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work, busy, write, seen } = useWorking()
  const { desk } = work
  const [edit, setEdit] = useState<Edit>({})
  const [begun, setBegun] = useState(seen)
  const [failure, setFailure] = useState<ApiError>()
  useCommands(t('properties.title'), ticket.may.edit ? [{ id: 'properties', title: t('properties.change'), key: 'KeyP', run: () => document.getElementById('priority')?.focus() }] : [])
  const set = (change: Edit) => {
    if (Object.keys(edit).length === 0) setBegun(seen)
    setEdit((was) => ({ ...was, ...change }))
  }
  const queues = desk.queues.filter((queue) => queue.line === ticket.line || queue.key === ticket.queue || ticket.hands_to.some((line) => line.key === queue.line))
  const pieces = (of: Edit): Piece[] => [
    ...(edit.priority === undefined ? [] : [{ label: t('properties.priority'), text: titleOf(desk.priorities, of.priority) }]),
    ...(edit.queue === undefined ? [] : [{ label: t('properties.queue'), text: titleOf(desk.queues, of.queue) }]),
    ...(edit.deadline_case === undefined ? [] : [{ label: t('properties.case'), text: titleOf(desk.deadlines, of.deadline_case) }]),
    ...(edit.deadline_at === undefined ? [] : [{ label: t('properties.due'), text: of.deadline_at ? instant(of.deadline_at, desk.time_zone) : '' }]),
  ]
  const save = async () => {
    setFailure(undefined)
    const outcome = await write({
      what: t('properties.change'),
      mine: pieces(edit),
      theirs: (now) => pieces({ priority: now.priority, queue: now.queue, deadline_case: now.deadline.case, deadline_at: now.deadline.due_at }),
      seen: begun,
      send: (version) =>
        ask(api.PATCH('/api/v1/t/{tenant}/tickets/{number}', { params: { path: { tenant, number: ticket.number }, header: onVersion(version) }, body: edit })),
      done: () => setEdit({}),
      said: t('properties.saved'),
    })
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  const due = edit.deadline_at === undefined ? ticket.deadline.due_at : (edit.deadline_at ?? undefined)
  if (!ticket.may.edit) {
    return (
      <section className="panel" aria-labelledby="properties-title">
        <h2 id="properties-title">{t('properties.title')}</h2>
        <dl className="props">
          <div>
            <dt>{t('properties.priority')}</dt>
            <dd>{titleOf(desk.priorities, ticket.priority)}</dd>
          </div>
          <div>
            <dt>{t('properties.queue')}</dt>
            <dd>{titleOf(desk.queues, ticket.queue)}</dd>
          </div>
          {ticket.deadline.due_at && (
            <div>
              <dt>{t('properties.due')}</dt>
              <dd>{instant(ticket.deadline.due_at, desk.time_zone)}</dd>
            </div>
          )}
        </dl>
      </section>
    )
  }
  return (
    <section className="panel" aria-labelledby="properties-title">
      <h2 id="properties-title">{t('properties.title')}</h2>
      <Leaving dirty={Object.keys(edit).length > 0} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <NativeSelect
          id="priority"
          label={t('properties.priority')}
          value={edit.priority ?? ticket.priority}
          onChange={(event) => set({ priority: event.currentTarget.value })}
          data={desk.priorities.map((one) => ({ value: one.key, label: one.title }))}
        />
        <NativeSelect
          label={t('properties.queue')}
          value={edit.queue ?? ticket.queue}
          onChange={(event) => set({ queue: event.currentTarget.value })}
          data={queues.map((one) => ({ value: one.key, label: one.title }))}
        />
        {desk.deadlines.length > 0 && (
          <>
            <NativeSelect
              label={t('properties.case')}
              value={edit.deadline_case ?? ticket.deadline.case ?? ''}
              onChange={(event) => set({ deadline_case: event.currentTarget.value, deadline_at: undefined })}
              data={[
                ...(ticket.deadline.case ? [] : [{ value: '', label: t('properties.no_case') }]),
                ...desk.deadlines.map((one) => ({ value: one.key, label: one.title })),
              ]}
            />
            <TextInput
              type="datetime-local"
              label={t('properties.due')}
              description={t('properties.zone', { zone: zoneName(desk.time_zone) })}
              value={due ? wallOf(due, desk.time_zone) : ''}
              onChange={(event) => set({ deadline_at: event.currentTarget.value ? instantOf(event.currentTarget.value, desk.time_zone) : null })}
            />
          </>
        )}
        {Object.keys(edit).length > 0 && (
          <Group mt="sm" gap="xs">
            <Button type="submit" size="compact-md" loading={busy}>
              {t('save')}
            </Button>
            <Button size="compact-md" variant="default" onClick={() => setEdit({})}>
              {t('cancel')}
            </Button>
          </Group>
        )}
        {failure && <Failure error={failure} />}
      </form>
    </section>
  )
}
