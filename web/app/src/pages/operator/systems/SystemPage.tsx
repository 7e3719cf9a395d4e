import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { Failure, NotFoundScreen } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Confirm } from '../../../ui/edit/Confirm'
import { Wide } from '../../../ui/edit/Wide'
import { instant } from '../../../ui/format'
import { activate, type Release, releasesQuery, rollBack } from '../data'

type Asked = { kind: 'activate'; release: Release } | { kind: 'rollback'; release: Release }

/** One system's releases: which decides, and the way to another one. */
export function SystemPage() {
  const { t } = useTranslation('admin')
  const { system } = useParams({ from: '/operator/systems/$system' })
  const releases = useQuery(releasesQuery)
  const [asked, setAsked] = useState<Asked>()
  const [said, setSaid] = useState('')
  const own = releases.data?.filter((release) => release.system === system) ?? []
  const title = own[0]?.title[language()] ?? system
  const previous = own.find((release) => release.state === 'previous')
  if (releases.data && own.length === 0) return <NotFoundScreen />
  const run = async ({ kind, release }: Asked) => {
    await (kind === 'activate' ? activate(release.digest) : rollBack(system))
    setSaid(t('operator.done_activate', { version: release.version }))
  }
  return (
    <>
      <Link to="/operator" className="back">
        {t('operator.title')}
      </Link>
      <PageTitle>{title}</PageTitle>
      {releases.error && <Failure error={releases.error} />}
      {releases.isPending && !releases.error && <Waiting />}
      <p role="status" className="sheet__said">
        {said}
      </p>
      {own.length > 0 && (
        <Wide name={t('operator.of_system')}>
          <table className="grid">
            <caption className="visually-hidden">{t('operator.of_system')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('operator.version')}</th>
                <th scope="col">{t('operator.state')}</th>
                <th scope="col">{t('operator.registered')}</th>
                <th scope="col">{t('operator.activated')}</th>
                <th scope="col">{t('operator.builds')}</th>
                <th scope="col">{t('operator.digest')}</th>
                <th scope="col">
                  <span className="visually-hidden">{t('edit.acts')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {own.map((release) => (
                <tr key={release.digest}>
                  <th scope="row">{release.version}</th>
                  <td>
                    {release.state === 'active' ? <strong>{t('operator.release.active')}</strong> : t(`operator.release.${release.state}`)}
                  </td>
                  <td className="grid__time">{instant(release.registered_at)}</td>
                  <td className="grid__time">{release.activated_at ? instant(release.activated_at) : '—'}</td>
                  <td className="tabular">{release.builds.length}</td>
                  <td>
                    <code title={release.digest}>{release.digest.slice(0, 12)}</code>
                  </td>
                  <td>
                    {release.state !== 'active' && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => setAsked({ kind: 'activate', release })}
                        aria-label={t('operator.activate_it', { version: release.version })}
                      >
                        {t('operator.activate')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {previous && (
        <Button mt="md" variant="default" onClick={() => setAsked({ kind: 'rollback', release: previous })}>
          {t('operator.rollback')}
        </Button>
      )}
      {asked && (
        <Confirm
          title={asked.kind === 'activate' ? t('operator.activate_title') : t('operator.rollback_title')}
          act={asked.kind === 'activate' ? t('operator.activate') : t('operator.rollback')}
          onAct={() => run(asked)}
          onClose={() => setAsked(undefined)}
        >
          <p>{t(asked.kind === 'activate' ? 'operator.activate_text' : 'operator.rollback_text', { system: title, version: asked.release.version })}</p>
        </Confirm>
      )}
    </>
  )
}
