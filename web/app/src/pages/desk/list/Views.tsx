import { ActionIcon } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommands } from '../commands'
import { usePlace, type Work } from '../place'
import { say } from '../say'
import { type Saved, shows, viewsQuery } from './saved'
import { type View, viewOf } from './view'
import { ViewBox } from './ViewBox'

/** The saved views of the desk, and the means to keep the present one. */
export function Views({ work, view }: { work: Work; view: View }) {
  const { t } = useTranslation('desk')
  const { tenant, works } = usePlace()
  const navigate = useNavigate()
  const slug = work.desk.slug
  const saved = useQuery(viewsQuery(tenant, slug)).data ?? []
  const [editing, setEditing] = useState<Saved | 'new'>()
  const base: View = works.length > 1 ? { desk: slug } : {}
  const searchOf = (one: Saved) => ({ ...viewOf(one.query), ...base })
  const current = saved.find((one) => shows(one, view))
  useCommands(t('views.title'), [
    ...saved.map((one) => ({
      id: `view-${one.id}`,
      title: t('views.command', { title: one.title }),
      run: () => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: searchOf(one) }),
    })),
    { id: 'view-save', title: t('views.save'), key: 'KeyS', run: () => setEditing('new') },
  ])
  return (
    <section aria-labelledby="views-title">
      <h2 className="queues__title" id="views-title">
        {t('views.title')}
      </h2>
      <ul>
        {saved.map((one) => (
          <li key={one.id} className="queues__own">
            <Link
              to="/t/$tenant/desk"
              params={{ tenant }}
              search={searchOf(one)}
              className="queues__link"
              activeOptions={{ exact: true, includeSearch: true }}
              data-current={one.id === current?.id || undefined}
              aria-current={one.id === current?.id ? 'true' : undefined}
              title={one.shared ? t('views.shared') : undefined}
            >
              <span>{one.title}</span>
              {one.shared && <span className="queues__count">{t('views.shared_mark')}</span>}
            </Link>
            {(one.own || (one.shared && work.administrator)) && (
              <ActionIcon variant="subtle" color="gray" size="md" aria-label={t('views.change', { title: one.title })} title={t('views.change', { title: one.title })} onClick={() => setEditing(one)}>
                <span aria-hidden>⋯</span>
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <button type="button" className="link-button queues__save" onClick={() => setEditing('new')}>
        {t('views.save')}
      </button>
      {editing && (
        <ViewBox
          tenant={tenant}
          work={work}
          view={view}
          saved={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={(what) => {
            setEditing(undefined)
            say(what)
          }}
        />
      )}
    </section>
  )
}
