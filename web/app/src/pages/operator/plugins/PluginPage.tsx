import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { Failure, NotFoundScreen } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Slow } from '../../../ui/edit/Slow'
import { bytes } from '../../../ui/format'
import { type Plugin, pluginsQuery, releasesQuery } from '../data'
import { moment } from '../time'
import { Log } from './Log'
import { Reason } from './Reason'
import { Restart } from './Restart'
import { StateMark } from './StateMark'

/** One plugin: its process, and what it wrote. */
export function PluginPage() {
  const { t } = useTranslation('admin')
  const { system } = useParams({ from: '/operator/plugins/$system' })
  const plugins = useQuery(pluginsQuery)
  const releases = useQuery(releasesQuery)
  const own = plugins.data?.filter((plugin) => plugin.system === system)
  const title = releases.data?.find((release) => release.system === system)?.title[language()] ?? system
  // The process that ran when the restart was asked for; another one ends the waiting.
  const [before, setBefore] = useState<string>()
  const now = own?.map(processOf).join(' ')
  const arrived = before !== undefined && now !== before && own?.every((plugin) => plugin.state === 'ready' && !plugin.pending)
  useEffect(() => {
    if (arrived) setBefore(undefined)
  }, [arrived])
  if (own?.length === 0) return <NotFoundScreen />
  return (
    <>
      <Link to="/operator" className="back">
        {t('operator.title')}
      </Link>
      <PageTitle>{title}</PageTitle>
      {plugins.error && <Failure error={plugins.error} />}
      {plugins.isPending && !plugins.error && <Waiting />}
      {own?.map((plugin) => (
        <Facts key={plugin.digest} plugin={plugin} />
      ))}
      {own && (
        <>
          <div className="row-acts">
            <Restart system={system} title={title} onDone={() => setBefore(now)} />
          </div>
          <p role="status" className="sheet__said">
            {before !== undefined ? t('operator.restarting') : ''}
          </p>
          <Slow on={before !== undefined} text={t('operator.restart_slow')} />
          <Log system={system} />
        </>
      )}
    </>
  )
}

const processOf = (plugin: Plugin) => `${plugin.digest}:${plugin.pid ?? 0}:${plugin.since}`

function Facts({ plugin }: { plugin: Plugin }) {
  const { t } = useTranslation('admin')
  const facts: [string, string | undefined][] = [
    [t('operator.version'), plugin.pending ? `${plugin.version}, ${t('operator.pending', { version: plugin.pending })}` : plugin.version],
    [t('operator.since'), moment(plugin.since)],
    [t('operator.restarts'), String(plugin.restarts)],
    [t('operator.pid'), plugin.pid === undefined ? undefined : String(plugin.pid)],
    [t('operator.memory'), bytes(plugin.rss_bytes)],
    [t('operator.in_flight'), String(plugin.in_flight)],
    [t('operator.digest'), plugin.digest.slice(0, 12)],
  ]
  return (
    <>
      <p className="state-line" aria-live="polite">
        <StateMark state={plugin.state} />
      </p>
      <Reason plugin={plugin} />
      {plugin.config_error && (
        <p>
          <strong>{t('operator.config_error')}:</strong> {plugin.config_error}
        </p>
      )}
      <dl className="pairs pairs--columns">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="tabular">{text ?? '—'}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
