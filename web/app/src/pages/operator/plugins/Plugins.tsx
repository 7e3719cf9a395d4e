import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Wide } from '../../../ui/edit/Wide'
import { bytes } from '../../../ui/format'
import type { Plugin } from '../data'
import { moment } from '../time'
import { Told } from './Reason'
import { Restart } from './Restart'
import { StateMark } from './StateMark'

/** Every plugin with its state. */
export function Plugins({ plugins, titles }: { plugins: Plugin[]; titles: Map<string, string> }) {
  const { t } = useTranslation('admin')
  if (plugins.length === 0) {
    return (
      <section className="block" aria-labelledby="plugins-title">
        <h2 id="plugins-title">{t('operator.plugins')}</h2>
        <p>{t('operator.no_plugins')}</p>
      </section>
    )
  }
  return (
    <section className="block" aria-labelledby="plugins-title">
      <h2 id="plugins-title">{t('operator.plugins')}</h2>
      <Wide heading="plugins-title">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('operator.system')}</th>
              <th scope="col">{t('operator.version')}</th>
              <th scope="col">{t('operator.state')}</th>
              <th scope="col">{t('operator.since')}</th>
              <th scope="col">{t('operator.restarts')}</th>
              <th scope="col">{t('operator.memory')}</th>
              <th scope="col">{t('operator.in_flight')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('edit.acts')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {plugins.map((plugin) => (
              <tr key={`${plugin.system} ${plugin.digest}`}>
                <th scope="row">
                  <Link to="/operator/plugins/$system" params={{ system: plugin.system }}>
                    {titles.get(plugin.system) ?? plugin.system}
                  </Link>
                  <span className="grid__under">{plugin.system}</span>
                </th>
                <td>
                  {plugin.version}
                  {plugin.pending && <span className="grid__under">{t('operator.pending', { version: plugin.pending })}</span>}
                </td>
                <td>
                  <StateMark state={plugin.state} />
                  {plugin.reason && (plugin.state !== 'ready' || plugin.failed_at) && (
                    <span className="grid__under">
                      {plugin.state === 'ready' && `${plugin.cause === 'start' ? t('operator.last_start') : t('operator.last_end')}: `}
                      <Told plugin={plugin} />
                      {plugin.failed_at && `, ${moment(plugin.failed_at)}`}
                    </span>
                  )}
                  {plugin.config_error && <span className="grid__under">{plugin.config_error}</span>}
                </td>
                <td className="grid__time">{moment(plugin.since)}</td>
                <td className="tabular">{plugin.restarts}</td>
                <td className="tabular">{bytes(plugin.rss_bytes)}</td>
                <td className="tabular">{plugin.in_flight}</td>
                <td>
                  <Restart system={plugin.system} title={titles.get(plugin.system) ?? plugin.system} compact />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}
