import { PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, quiet, type Schemas } from '../api/client'
import { loginOf } from '../api/login'
import { SendButton } from '../ui/SendButton'
import { Failure } from './ErrorScreen'

interface Props {
  tenant: string
  onDone: (person: Schemas['PersonView']) => void
}

/** E-mail and password. */
export function SignIn({ tenant, onDone }: Props) {
  const { t } = useTranslation()
  const [known] = useState(() => loginOf(tenant))
  const [email, setEmail] = useState(known)
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => ask(quiet.POST('/api/v1/t/{tenant}/sessions', { params: { path: { tenant } }, body: { email, password } })),
    onSuccess: (session) => onDone(session.person),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!signIn.isPending) signIn.mutate()
  }
  return (
    <form onSubmit={submit} noValidate={false}>
      <Stack gap="md">
        {signIn.error && <Failure error={signIn.error} />}
        <TextInput
          label={t('login.email')}
          type="email"
          name="email"
          autoComplete="username"
          spellCheck={false}
          required
          withAsterisk={false}
          maxLength={254}
          size="md"
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          data-autofocus={known === '' || undefined}
        />
        <PasswordInput
          label={t('login.password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1000}
          size="md"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          data-autofocus={known !== '' || undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('login.show') }}
        />
        <SendButton size="md" busy={signIn.isPending}>
          {t('login.submit')}
        </SendButton>
        <p className="hint">{t('login.help')}</p>
      </Stack>
    </form>
  )
}
