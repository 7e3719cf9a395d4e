import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { agentOptions, agentsQuery } from '../desk'
import type { Work } from '../place'

interface Props {
  tenant: string
  work: Work
  count: number
  busy: boolean
  me: string
  onAssign: (assignee: string | null) => void
  onClear: () => void
}

/** What can be done with the chosen rows. */
export function Bulk({ tenant, work, count, busy, me, onAssign, onClear }: Props) {
  const { t } = useTranslation('desk')
  const agents = useQuery(agentsQuery(tenant, work.desk.slug)).data ?? []
  // Chosen first and sent by a button, so that arrow keys change nothing.
  const [chosen, setChosen] = useState('')
  return (
    <div className="worklist__bulk" role="group" aria-label={t('list.bulk')}>
      <span role="status">{t('list.selected', { count })}</span>
      {work.line && (
        <Button size="compact-sm" loading={busy} onClick={() => onAssign(me)}>
          {t('assign.me')}
        </Button>
      )}
      <form
        className="worklist__give"
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen) onAssign(chosen)
        }}
      >
        <NativeSelect
          size="xs"
          aria-label={t('assign.to')}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={[{ value: '', label: t('assign.to') }, ...agentOptions(agents, work.desk.lines)]}
        />
        {chosen && (
          <Button type="submit" size="compact-sm" loading={busy}>
            {t('assign.send')}
          </Button>
        )}
      </form>
      <Button size="compact-sm" variant="default" disabled={busy} onClick={() => onAssign(null)}>
        {t('assign.none')}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t('list.unselect')}
      </Button>
    </div>
  )
}
