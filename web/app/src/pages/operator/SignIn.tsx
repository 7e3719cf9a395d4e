import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, quiet } from '../../api/client'
import { queries } from '../../api/queries'
import { Failure } from '../../shell/ErrorScreen'

/** Name and password of an operator. */
export function SignIn() {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => ask(quiet.POST('/api/v1/operator/sessions', { body: { login, password } })),
    onSuccess: () => queries.resetQueries({ queryKey: ['operator'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!signIn.isPending) signIn.mutate()
  }
  return (
    <form className="box box--signin" onSubmit={submit}>
      <Stack gap="md">
        <p>{t('operator.sign_in')}</p>
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
          visibilityToggleButtonProps={{ 'aria-label': main('login.show') }}
        />
        <Button type="submit" size="md" loading={signIn.isPending}>
          {main('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
