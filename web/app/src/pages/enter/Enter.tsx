import { Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, quiet } from '../../api/client'
import { ApiError } from '../../api/problem'
import { LanguageSwitch } from '../../shell/LanguageSwitch'
import { Notices } from '../../shell/Notices'
import { PageTitle } from '../../shell/PageTitle'
import { useFailure } from '../../ui/failure'
import { recentTenants } from '../../ui/recent'
import { SendButton } from '../../ui/SendButton'

/** Chooses the tenant: the list of them is not public, so the short name is typed. */
export function Enter() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [slug, setSlug] = useState('')
  const [empty, setEmpty] = useState(false)
  const [recent] = useState(recentTenants)
  const look = useMutation({
    mutationFn: (tenant: string) => ask(quiet.GET('/api/v1/t/{tenant}/desks', { params: { path: { tenant } } })),
    onSuccess: (_, tenant) => navigate({ to: '/t/$tenant', params: { tenant } }),
    // An old session is no reason to stay here: the tenant's page asks for a new one.
    onError: (err, tenant) => {
      if (err instanceof ApiError && err.status === 401) void navigate({ to: '/t/$tenant', params: { tenant } })
    },
  })
  const failure = useFailure(look.error)
  const missing = look.error instanceof ApiError && look.error.status === 404
  const error = empty ? t('enter.empty') : missing ? t('enter.wrong') : look.error ? failure.text : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const tenant = slug.trim().toLowerCase()
    setEmpty(tenant === '')
    if (tenant !== '') look.mutate(tenant)
  }
  return (
    <div className="shell">
      <header className="header">
        <div className="header__in">
          <span className="brand">
            <img src="/icon.svg" alt="" width={26} height={26} />
            <span>Опора</span>
          </span>
          <div className="header__end">
            <LanguageSwitch />
          </div>
        </div>
      </header>
      <Notices />
      <main id="main" className="page page--narrow">
        <PageTitle>{t('enter.title')}</PageTitle>
        <Text mb="lg">{t('enter.text')}</Text>
        <form onSubmit={submit} noValidate className="stack">
          <TextInput
            label={t('enter.tenant')}
            description={t('enter.hint')}
            error={error}
            inputWrapperOrder={['label', 'description', 'error', 'input']}
            size="md"
            maw={360}
            name="tenant"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={slug}
            onChange={(e) => setSlug(e.currentTarget.value)}
          />
          <div>
            <SendButton size="md" busy={look.isPending}>
              {t('enter.go')}
            </SendButton>
          </div>
        </form>
        {recent.length > 0 && (
          <section className="block">
            <h2>{t('enter.recent')}</h2>
            <ul>
              {recent.map((tenant) => (
                <li key={tenant}>
                  <Link to="/t/$tenant" params={{ tenant }}>
                    {tenant}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="block">
          <Link to="/operator">{t('enter.operator')}</Link>
        </p>
      </main>
    </div>
  )
}
