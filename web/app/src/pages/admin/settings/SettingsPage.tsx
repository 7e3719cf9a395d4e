import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { FormModel } from '../../../form/model'
import type { Values } from '../../../form/pointer'
import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Conflict } from '../../../ui/edit/Conflict'
import { type Editor, useEditor } from '../../../ui/edit/editor'
import { Leaving } from '../../../ui/Leaving'
import { SavedMark, Sheet } from '../../../ui/edit/Sheet'
import { type DeskSettings, editable, reloadSettings, saveSettings, settingsQuery } from '../data/settings'
import { useAdmin, useAdminDesk } from '../place'
import { useNames } from './names'

interface Props {
  title: string
  intro?: string
  model: (settings: DeskSettings) => FormModel
  /** The name of a place in the summary, where it is not simply the model's. */
  labelOf?: (pointer: string, value: Values, settings: DeskSettings) => string | undefined
  children: (editor: Editor, settings: DeskSettings) => ReactNode
}

/** A page that changes a part of a desk's settings: loads, guards, saves, and settles conflicts. */
export function SettingsPage(props: Props) {
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const settings = useQuery({
    ...settingsQuery(tenant, desk.slug),
    // In another language it is the same thing that is being edited; of another desk it is not.
    placeholderData: (before, query) => (query?.queryKey[0] === tenant && query.queryKey[2] === desk.slug ? before : undefined),
  })
  return (
    <>
      <PageTitle>{props.title}</PageTitle>
      {props.intro && <p className="intro">{props.intro}</p>}
      {settings.error && !settings.data && <Failure error={settings.error} />}
      {settings.isPending && !settings.error && <Waiting />}
      {settings.data && <Editing key={desk.slug} {...props} settings={settings.data} tenant={tenant} desk={desk.slug} />}
    </>
  )
}

function Editing({ model: make, labelOf, children, settings, tenant, desk }: Props & { settings: DeskSettings; tenant: string; desk: string }) {
  const { t } = useTranslation('admin')
  const loaded = useMemo(() => editable(settings), [settings])
  const model = make(settings)
  const editor = useEditor({ loaded, model, save: (value, version) => saveSettings(tenant, desk, value, version), reload: () => reloadSettings(tenant, desk) })
  const names = useNames(settings)
  // Without a field there is nothing to save.
  if (model.fields.size === 0) return children(editor, settings)
  return (
    <>
      <Leaving dirty={editor.dirty} />
      <Sheet
        model={model}
        values={editor.value}
        set={editor.set}
        problems={editor.problems}
        attempt={editor.attempt}
        error={editor.error}
        busy={editor.busy}
        submit={t('edit.save')}
        onSubmit={() => void editor.submit()}
        labelOf={labelOf && ((pointer) => labelOf(pointer, editor.value, settings))}
        beside={
          <>
            {editor.dirty && (
              <Button variant="default" onClick={editor.discard}>
                {t('edit.discard')}
              </Button>
            )}
            <SavedMark dirty={editor.dirty} saved={editor.saved} />
          </>
        }
      >
        {children(editor, settings)}
      </Sheet>
      <Conflict editor={editor} labelOf={names.label} show={names.show} />
    </>
  )
}
