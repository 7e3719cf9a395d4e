import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { Box } from '../../../ui/Box'
import { Entry } from './History'
import { type Doing, type Outcome, type Piece, useWorking } from './working'

interface Props {
  doing: Doing
  busy: boolean
  onAgain: (doing: Doing) => Promise<Outcome>
  onClose: () => void
}

/** What the agent was sending beside what somebody else did meanwhile; he decides, nothing of his is lost. */
export function Late({ doing, busy, onAgain, onClose }: Props) {
  const { t } = useTranslation('desk')
  const { ticket, events } = useWorking()
  const [failure, setFailure] = useState<ApiError>()
  const since = events.filter((event) => event.seq > doing.seen.seq)
  const theirs = doing.theirs?.(ticket) ?? []
  return (
    <Box onClose={onClose} title={t('late.title')} size="xl">
      <p>{t('late.text')}</p>
      <div className="late">
        <section>
          <h3>{t('late.mine')}</h3>
          <p className="dim">{doing.what}</p>
          <Pieces pieces={doing.mine} />
        </section>
        <section>
          <h3>{t('late.theirs')}</h3>
          <Pieces pieces={theirs} />
          {since.length > 0 && (
            <ol className="acts">
              {since.map((event) => (
                <Entry key={event.seq} event={event} level="h4" />
              ))}
            </ol>
          )}
          {since.length === 0 && theirs.length === 0 && <p>{t('late.status', { status: ticket.status.title })}</p>}
        </section>
      </div>
      {failure && <Failure error={failure} />}
      <Group mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('late.back')}
        </Button>
        <Button
          loading={busy}
          onClick={() =>
            void onAgain(doing).then((outcome) => {
              if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
            })
          }
        >
          {t('late.again')}
        </Button>
      </Group>
    </Box>
  )
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return (
    <dl className="pieces">
      {pieces.map((piece) => (
        <div key={piece.label}>
          <dt>{piece.label}</dt>
          <dd>{piece.text || '—'}</dd>
        </div>
      ))}
    </dl>
  )
}
