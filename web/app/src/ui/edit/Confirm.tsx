import { Button, Group } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '../../api/problem'
import { Failure } from '../../shell/ErrorScreen'
import { Box } from '../Box'
import { Slow } from './Slow'

interface Props {
  title: string
  children: ReactNode
  /** What will be done, as a verb. */
  act: string
  onAct: () => Promise<unknown>
  onClose: () => void
}

/** Asks before something that is not easily taken back; a refusal stands in the box. */
export function Confirm({ title, children, act, onAct, onClose }: Props) {
  const { t } = useTranslation('admin')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const run = () => {
    setBusy(true)
    setError(undefined)
    onAct().then(onClose, (err: unknown) => {
      setError(err)
      setBusy(false)
    })
  }
  return (
    <Box onClose={onClose} title={title} loose>
      {children}
      {error !== undefined && <Failure error={error} />}
      {error instanceof ApiError && error.errors.length > 0 && (
        <>
          <p>{t('edit.findings')}</p>
          <ul className="findings">
            {error.errors.map((one) => (
              <li key={one.pointer + one.message}>
                {one.pointer && <code>{one.pointer}</code>} {one.message}
              </li>
            ))}
          </ul>
        </>
      )}
      <Group mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('edit.cancel')}
        </Button>
        <Button loading={busy} onClick={run}>
          {act}
        </Button>
      </Group>
      <Slow on={busy} />
    </Box>
  )
}
