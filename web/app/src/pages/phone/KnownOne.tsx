import { Button, Group, Kbd } from '@mantine/core'
import { useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { Box } from '../../ui/Box'
import type { Caller } from './caller'

interface Props {
  person: Caller
  onYes: () => void
  onNo: () => void
  onClose: () => void
}

/** Asks whether who calls is the person whose address he named: one key each, the same in every layout. */
export function KnownOne({ person, onYes, onNo, onClose }: Props) {
  const { t } = useTranslation('desk')
  // Before it is painted: whoever sees the question has its keys.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
      const answer = event.key === '1' ? onYes : event.key === '2' ? onNo : undefined
      if (!answer) return
      event.preventDefault()
      answer()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  })
  const facts = [person.position, person.organisation, person.phone, person.email].filter(Boolean).join(', ')
  return (
    <Box onClose={onClose} title={t('phone.is_it', { name: person.name })} loose>
      <p>{t('phone.is_it_why')}</p>
      <p>{facts}</p>
      <Group mt="md">
        <Button onClick={onYes} rightSection={<Kbd size="xs">1</Kbd>} aria-keyshortcuts="1" data-autofocus>
          {t('phone.is_it_yes')}
        </Button>
        <Button variant="default" onClick={onNo} rightSection={<Kbd size="xs">2</Kbd>} aria-keyshortcuts="2">
          {t('phone.is_it_no')}
        </Button>
      </Group>
    </Box>
  )
}
