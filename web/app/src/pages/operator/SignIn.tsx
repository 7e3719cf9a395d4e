import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, quiet } from '../../api/client'
import { Failure } from '../../shell/ErrorScreen'
import { signedIn } from './data'

/** Name and password of an operator; who was here is offered his name again. */
export function SignIn({ known = '' }: { known?: string }) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const [login, setLogin] = useState(known)
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: async () => {
      await ask(quiet.POST('/api/v1/operator/sessions', { body: { login, password } }))
      return ask(quiet.GET('/api/v1/operator/me'))
    },
    onSuccess: signedIn,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!signIn.isPending) signIn.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {signIn.error && <Failure error={signIn.error} />}
        <TextInput
          label={t('operator.login')}
          autoComplete="username"
          spellCheck={false}
          required
          withAsterisk={false}
          maxLength={254}
          size="md"
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          data-autofocus={known === '' || undefined}
        />
        <PasswordInput
          label={main('login.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1000}
          size="md"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-autofocus={known !== '' || undefined}
          visibilityToggleButtonProps={{ 'aria-label': main('login.show') }}
        />
        <Button type="submit" size="md" loading={signIn.isPending}>
          {main('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
