import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { Wide } from '../../../ui/edit/Wide'
import { instant } from '../../../ui/format'
import type { Release } from '../data'

/** All releases, by system. */
export function Releases({ releases }: { releases: Release[] }) {
  const { t } = useTranslation('admin')
  return (
    <section className="block" aria-labelledby="releases-title">
      <h2 id="releases-title">{t('operator.systems')}</h2>
      {releases.length === 0 ? (
        <p>{t('operator.no_releases')}</p>
      ) : (
        <Wide heading="releases-title">
          <table className="grid">
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
                    <Link to="/operator/systems/$system" params={{ system: release.system }}>
                      {release.title[language()]}
                    </Link>
                    <span className="grid__under">{release.system}</span>
                  </th>
                  <td>{release.version}</td>
                  <td>{t(`operator.release.${release.state}`)}</td>
                  <td className="grid__time">{instant(release.registered_at)}</td>
                  <td>
                    <code title={release.digest}>{release.digest.slice(0, 12)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}
