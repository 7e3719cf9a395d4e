import { Button, Group } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Box } from './Box'

/** Asks before a page is left on which something is not saved. */
export function Leaving({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation('admin')
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    disabled: !dirty,
    withResolver: true,
  })
  if (leaving.status !== 'blocked') return null
  return (
    <Box onClose={leaving.reset} title={t('edit.leave')}>
      <p>{t('edit.leave_text')}</p>
      <Group mt="md">
        <Button onClick={leaving.reset} data-autofocus>
          {t('edit.stay')}
        </Button>
        <Button variant="default" onClick={leaving.proceed}>
          {t('edit.leave_anyway')}
        </Button>
      </Group>
    </Box>
  )
}
