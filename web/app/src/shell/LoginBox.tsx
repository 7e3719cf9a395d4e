import { Modal, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { answerLogin, wasHere } from '../api/login'
import { queries } from '../api/queries'
import { SignIn } from './SignIn'

/** The box over a page whose session has ended; the page beneath stays as it is. */
export function LoginBox({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
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
