import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { Box, Cancel } from '../../../ui/Box'
import type { Work } from '../place'
import { sameName, type Saved, useForgetting, useSaving, viewsQuery } from './saved'
import { queryOf, type View } from './view'

interface Props {
  tenant: string
  work: Work
  view: View
  /** The view to change; without one the present list is kept as a new one. */
  saved?: Saved
  onClose: () => void
  /** Called with what was done, in words. */
  onDone: (what: string) => void
}

/** A view's name, whether all see it, and which filters it has. */
export function ViewBox({ tenant, work, view, saved, onClose, onDone }: Props) {
  const { t } = useTranslation('desk')
  const [title, setTitle] = useState(saved?.title ?? '')
  const [shared, setShared] = useState(saved?.shared ?? false)
  const [replace, setReplace] = useState(false)
  const saving = useSaving(tenant, work.desk.slug, () => onDone(t('views.saved', { title: title.trim() })))
  const forgetting = useForgetting(tenant, work.desk.slug, () => onDone(t('views.deleted', { title })))
  const error = saving.error ?? forgetting.error
  const problem = error instanceof ApiError ? error.errors.find((one) => one.pointer === '/title') : undefined
  // What was said of one name is not said of another.
  const told = problem && saving.variables?.title === title.trim() && saving.variables.shared === shared ? problem : undefined
  const views = useQuery(viewsQuery(tenant, work.desk.slug)).data ?? []
  const twin = told?.code === 'view_exists' && !saved ? sameName(views, title, shared) : undefined
  const save = (id = saved?.id) => saving.mutate({ id, title: title.trim(), shared, query: saved && !replace ? saved.query : queryOf(view) })
  return (
    <Box onClose={onClose} title={saved ? t('views.change', { title: saved.title }) : t('views.save')} dirty={title !== (saved?.title ?? '') || shared !== (saved?.shared ?? false) || replace}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('views.name')}
            description={saved ? undefined : t('views.name_hint')}
            required
            withAsterisk={false}
            maxLength={100}
            value={title}
            error={told?.message}
            onChange={(event) => setTitle(event.currentTarget.value)}
            data-autofocus
          />
          {work.administrator && <Checkbox label={t('views.share')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />}
          {saved && <Checkbox label={t('views.replace')} checked={replace} onChange={(event) => setReplace(event.currentTarget.checked)} />}
          {error && !problem && <Failure error={error} />}
          <Group>
            <Button type="submit" loading={saving.isPending}>
              {t('save')}
            </Button>
            {twin && (
              <Button variant="default" loading={saving.isPending} onClick={() => save(twin.id)}>
                {t('views.replace_twin', { title: twin.title })}
              </Button>
            )}
            {saved && (
              <Button variant="default" loading={forgetting.isPending} onClick={() => forgetting.mutate(saved.id)}>
                {t('views.delete')}
              </Button>
            )}
            <Cancel />
          </Group>
        </Stack>
      </form>
    </Box>
  )
}
