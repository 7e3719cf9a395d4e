import '../../i18n/desk'
import '../desk/desk.css'

import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, quiet, type Schemas } from '../../api/client'
import { ApiError } from '../../api/problem'
import { queries } from '../../api/queries'
import { language } from '../../i18n'
import { Failure } from '../../shell/ErrorScreen'
import { LanguageSwitch } from '../../shell/LanguageSwitch'
import { Notices } from '../../shell/Notices'
import { PageTitle } from '../../shell/PageTitle'
import { Waiting } from '../../shell/Waiting'
import { bytes, instant } from '../../ui/format'

const tenantsQuery = queryOptions({ queryKey: ['operator', 'tenants'], queryFn: async () => (await ask(quiet.GET('/api/v1/operator/tenants'))).items })
const releasesQuery = queryOptions({ queryKey: ['operator', 'releases'], queryFn: async () => (await ask(quiet.GET('/api/v1/operator/releases'))).items })
const pluginsQuery = queryOptions({
  queryKey: ['operator', 'plugins'],
  refetchInterval: 10_000,
  queryFn: async () => (await ask(quiet.GET('/api/v1/operator/plugins'))).items,
})

const signedOut = (err: unknown) => err instanceof ApiError && err.status === 401

/** The installation: its tenants, releases and plugins; configuration and counts, never a ticket's contents. */
export function Operator() {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const tenants = useQuery(tenantsQuery)
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
      <main id="main" tabIndex={-1}>
        <div className="page">
          <PageTitle>{signedOut(tenants.error) ? main('login.title') : t('operator.title')}</PageTitle>
          {signedOut(tenants.error) ? <SignIn /> : <Installation />}
        </div>
      </main>
    </div>
  )
}

function SignIn() {
  const { t } = useTranslation('desk')
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

function Installation() {
  const tenants = useQuery(tenantsQuery)
  const releases = useQuery(releasesQuery)
  const plugins = useQuery(pluginsQuery)
  const error = tenants.error ?? releases.error ?? plugins.error
  if (error && !tenants.data) return <Failure error={error} />
  if (!tenants.data) return <Waiting />
  return (
    <>
      {error && <Failure error={error} />}
      {plugins.data && <Plugins plugins={plugins.data} titles={new Map(releases.data?.map((one) => [one.system, one.title[language()]]))} />}
      <Tenants tenants={tenants.data} />
      {releases.data && <Releases releases={releases.data} />}
    </>
  )
}

function Plugins({ plugins, titles }: { plugins: Schemas['PluginView'][]; titles: Map<string, string> }) {
  const { t } = useTranslation('desk')
  return (
    <section className="block" aria-labelledby="plugins-title">
      <h2 id="plugins-title">{t('operator.plugins')}</h2>
      {plugins.length === 0 ? (
        <p>{t('operator.no_plugins')}</p>
      ) : (
        <div className="scroll" role="region" aria-labelledby="plugins-title" tabIndex={0}>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('operator.system')}</th>
                <th scope="col">{t('operator.version')}</th>
                <th scope="col">{t('operator.state')}</th>
                <th scope="col">{t('operator.since')}</th>
                <th scope="col">{t('operator.restarts')}</th>
                <th scope="col">{t('operator.memory')}</th>
                <th scope="col">{t('operator.in_flight')}</th>
              </tr>
            </thead>
            <tbody>
              {plugins.map((plugin) => (
                <tr key={`${plugin.system} ${plugin.digest}`}>
                  <th scope="row">
                    {titles.get(plugin.system) ?? plugin.system}
                    <span className="dim plain__key">{plugin.system}</span>
                  </th>
                  <td>
                    {plugin.version}
                    {plugin.pending && <span className="dim plain__key">{t('operator.pending', { version: plugin.pending })}</span>}
                  </td>
                  <td>
                    <span className="mark" data-category={plugin.state === 'ready' ? 'open' : 'waiting'}>
                      {stateTitle(t, plugin.state)}
                    </span>
                    {plugin.reason && <p className="plain__reason">{plugin.reason}</p>}
                    {plugin.config_error && <p className="plain__reason">{plugin.config_error}</p>}
                  </td>
                  <td>{instant(plugin.since)}</td>
                  <td className="tabular">{plugin.restarts}</td>
                  <td className="tabular">{bytes(plugin.rss_bytes)}</td>
                  <td className="tabular">{plugin.in_flight}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const states = ['starting', 'ready', 'degraded', 'backoff', 'quarantined', 'drift', 'stopped'] as const

/** A state in words; one that this page does not know yet stands as it is. */
function stateTitle(t: ReturnType<typeof useTranslation<'desk'>>['t'], state: string): string {
  const known = states.find((one) => one === state)
  return known ? t(`operator.states.${known}`) : state
}

function Tenants({ tenants }: { tenants: Schemas['TenantSummary'][] }) {
  const { t } = useTranslation('desk')
  const speech = language()
  return (
    <section className="block" aria-labelledby="tenants-title">
      <h2 id="tenants-title">{t('operator.tenants')}</h2>
      <div className="scroll" role="region" aria-labelledby="tenants-title" tabIndex={0}>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('operator.tenant')}</th>
              <th scope="col">{t('operator.desk')}</th>
              <th scope="col">{t('operator.system')}</th>
              <th scope="col">{t('operator.open')}</th>
              <th scope="col">{t('operator.total')}</th>
            </tr>
          </thead>
          {tenants.map((tenant) => (
            <tbody key={tenant.slug}>
              {(tenant.desks.length > 0 ? tenant.desks : [undefined]).map((desk, i) => (
                <tr key={desk?.slug ?? ''}>
                  {i === 0 && (
                    <th scope="rowgroup" rowSpan={Math.max(1, tenant.desks.length)}>
                      {tenant.title[speech]}
                      <span className="dim plain__key">/t/{tenant.slug}/</span>
                    </th>
                  )}
                  <td>{desk ? desk.title[speech] : t('operator.no_desks')}</td>
                  <td>{desk?.system}</td>
                  <td className="tabular">{desk?.open}</td>
                  <td className="tabular">{desk?.total}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  )
}

function Releases({ releases }: { releases: Schemas['ReleaseView'][] }) {
  const { t } = useTranslation('desk')
  return (
    <section className="block" aria-labelledby="releases-title">
      <h2 id="releases-title">{t('operator.releases')}</h2>
      <div className="scroll" role="region" aria-labelledby="releases-title" tabIndex={0}>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('operator.system')}</th>
              <th scope="col">{t('operator.version')}</th>
              <th scope="col">{t('operator.state')}</th>
              <th scope="col">{t('operator.registered')}</th>
              <th scope="col">{t('operator.digest')}</th>
            </tr>
          </thead>
          <tbody>
            {releases.map((release) => (
              <tr key={release.digest}>
                <th scope="row">
                  {release.title[language()]}
                  <span className="dim plain__key">{release.system}</span>
                </th>
                <td>{release.version}</td>
                <td>{t(`operator.release.${release.state}`)}</td>
                <td>{instant(release.registered_at)}</td>
                <td>
                  <code title={release.digest}>{release.digest.slice(0, 12)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
