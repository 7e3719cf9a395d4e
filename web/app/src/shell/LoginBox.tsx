import { Modal, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { answerLogin, wasHere } from '../api/login'
import { queries } from '../api/queries'
import { SignIn } from './SignIn'

/** The box over a page whose session has ended; the page beneath stays as it is. */
export function LoginBox({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  const [before] = useState(() => document.activeElement)
  // The box goes away at once, so the focus is given back here.
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) before.focus()
      })
    },
    [before],
  )
  return (
    <Modal
      opened
      onClose={() => answerLogin(undefined)}
      title={t('login.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
      centered
    >
      <Text mb="md">{wasHere(tenant) ? t('login.expired') : t('login.needed')}</Text>
      <SignIn
        tenant={tenant}
        onDone={(person) => {
          queries.setQueryData([tenant, 'me'], person)
          answerLogin(person)
          void queries.invalidateQueries({ queryKey: [tenant], predicate: (query) => query.queryKey[1] !== 'me' })
        }}
      />
    </Modal>
  )
}
