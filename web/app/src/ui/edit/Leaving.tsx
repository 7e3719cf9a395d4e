import { Button, Group, Modal } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** Asks before a page is left on which something is not saved. */
export function Leaving({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    disabled: !dirty,
    withResolver: true,
  })
  if (leaving.status !== 'blocked') return null
  return (
    <Modal opened onClose={leaving.reset} title={t('edit.leave')} closeButtonProps={{ 'aria-label': main('close') }} transitionProps={{ duration: 0 }}>
      <p>{t('edit.leave_text')}</p>
      <Group mt="md">
        <Button onClick={leaving.reset} data-autofocus>
          {t('edit.stay')}
        </Button>
        <Button variant="default" onClick={leaving.proceed}>
          {t('edit.leave_anyway')}
        </Button>
      </Group>
    </Modal>
  )
}
