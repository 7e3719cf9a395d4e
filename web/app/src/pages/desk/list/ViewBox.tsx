import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { Box, Cancel } from '../../../ui/Box'
import type { Work } from '../place'
import { type Saved, useForgetting, useSaving } from './saved'
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
  const problem = error instanceof ApiError ? error.errors.find((one) => one.pointer === '/title')?.message : undefined
  const save = () => saving.mutate({ id: saved?.id, title: title.trim(), shared, query: saved && !replace ? saved.query : queryOf(view) })
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
            error={problem}
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
