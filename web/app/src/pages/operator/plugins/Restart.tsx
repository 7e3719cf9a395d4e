import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Confirm } from '../../../ui/edit/Confirm'
import { restart } from '../data'

interface Props {
  system: string
  title: string
  compact?: boolean
  onDone?: () => void
}

/** Starts a plugin's process anew, after asking. */
export function Restart({ system, title, compact, onDone }: Props) {
  const { t } = useTranslation('admin')
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button size={compact ? 'compact-sm' : 'sm'} variant="default" onClick={() => setAsking(true)} aria-label={t('operator.restart_it', { system: title })}>
        {t('operator.restart')}
      </Button>
      {asking && (
        <Confirm
          title={t('operator.restart_title')}
          act={t('operator.restart')}
          onAct={async () => {
            await restart(system)
            onDone?.()
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t('operator.restart_text', { system: title })}</p>
        </Confirm>
      )}
    </>
  )
}
