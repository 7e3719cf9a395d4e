import { useTranslation } from 'react-i18next'

import { answerLogin, wasHere } from '../api/login'
import { queries } from '../api/queries'
import { Box } from '../ui/Box'
import { SignIn } from './SignIn'

/** The box over a page whose session has ended; the page beneath stays as it is. */
export function LoginBox({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  return (
    <Box onClose={() => answerLogin(undefined)} title={t('login.title')}>
      <p>{wasHere(tenant) ? t('login.expired') : t('login.needed')}</p>
      <SignIn
        tenant={tenant}
        onDone={(person) => {
          queries.setQueryData([tenant, 'me'], person)
          answerLogin(person)
          void queries.invalidateQueries({ queryKey: [tenant], predicate: (query) => query.queryKey[1] !== 'me' })
        }}
      />
    </Box>
  )
}
