import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from '../../../form/context'
import { FieldInput, useWrapper } from '../../../form/FieldInput'
import type { FieldModel } from '../../../form/model'
import { inputId, valueAt } from '../../../form/pointer'
import { modelOf } from '../../../ui/edit/build'
import type { DeskSettings } from '../data/settings'
import { isSet, secretsOf, settingsModel } from './schema'
import { SettingsPage } from './SettingsPage'

const at = '/settings/plugin'

/** What the system itself wants to know of the desk, by its own schema. */
export function PluginSettings() {
  const { t } = useTranslation('admin')
  const title = t('section.plugin')
  const model = ({ declared }: DeskSettings) => (declared.plugin_schema ? settingsModel(title, declared.plugin_schema, at, declared.plugin_ui) : modelOf(title, []))
  return (
    <SettingsPage title={title} intro={t('plugin.intro')} model={model}>
      {({ model: { groups } }, { declared }) => {
        if (!declared.plugin_schema) return <p>{t('plugin.none')}</p>
        const secrets = secretsOf(declared.plugin_schema, at)
        return groups[0]?.fields.map((field) => <Setting key={field.pointer} field={field} secrets={secrets} />)
      }}
    </SettingsPage>
  )
}

interface Props {
  field: FieldModel
  secrets: ReadonlySet<string>
}

/** One setting; groups are gone through for the secrets in them. */
function Setting({ field, secrets }: Props) {
  if (secrets.has(field.pointer)) return <Secret field={field} />
  if (field.kind !== 'group') return <FieldInput field={field} />
  return (
    <fieldset className="fieldset" id={inputId(field.pointer)} tabIndex={-1}>
      <legend>{field.label}</legend>
      {field.hint && <p className="hint">{field.hint}</p>}
      {field.members?.map((member) => (
        <Setting key={member.pointer} field={member} secrets={secrets} />
      ))}
    </fieldset>
  )
}

/** A secret: it can be given and replaced, never read. */
function Secret({ field }: { field: FieldModel }) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const { values, set } = useForm()
  const value = valueAt(values, field.pointer)
  const kept = isSet(value)
  const [there] = useState(kept)
  const hint = [field.hint, kept ? t('plugin.secret_set') : t('plugin.secret_hint')].filter(Boolean).join(' ')
  return (
    <div className="field">
      <PasswordInput
        {...useWrapper({ ...field, hint }, field.pointer)}
        className="w-long"
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': main('login.show') }}
        value={typeof value === 'string' ? value : ''}
        // What is left empty again keeps what is there: the server takes it so.
        onChange={(event) => set(field.pointer, event.currentTarget.value || (there ? { set: true } : undefined))}
      />
    </div>
  )
}
