import { Button, Group } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Box } from './Box'

/** Asks before a page is left on which something is not saved. */
export function Leaving({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation()
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    disabled: !dirty,
    withResolver: true,
  })
  if (leaving.status !== 'blocked') return null
  return (
    <Box title={t('unsaved.leave')} onClose={leaving.reset} loose>
      <p>{t('unsaved.leave_text')}</p>
      <Group mt="md">
        <Button onClick={leaving.reset} data-autofocus>
          {t('unsaved.stay')}
        </Button>
        <Button variant="default" onClick={leaving.proceed}>
          {t('unsaved.leave_anyway')}
        </Button>
      </Group>
    </Box>
  )
}
