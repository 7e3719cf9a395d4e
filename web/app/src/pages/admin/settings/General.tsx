import { useTranslation } from 'react-i18next'

import { FieldInput } from '../../../form/FieldInput'
import { bytes } from '../../../ui/format'
import { field, inBoth, modelOf } from '../../../ui/edit/build'
import type { DeskSettings, Scope } from '../data/settings'
import { Megabytes } from './Megabytes'
import { zonePointer } from './names'
import { SettingsPage } from './SettingsPage'
import { TimeZone } from './TimeZone'

const scopes: Scope[] = ['own', 'organisation', 'desk']

/** A desk's titles, numbers, time zone, visibility and limits of files. */
export function General() {
  const { t } = useTranslation('admin')
  const model = ({ prefix_fixed, declared }: DeskSettings) => {
    const { attachments, visibility } = declared
    const offered = scopes.slice(0, scopes.indexOf(visibility.widest) + 1)
    const limit = { required: false, maxLength: 12 }
    return modelOf(t('section.general'), [
      ...inBoth('/title', { ru: t('general.title_ru'), en: t('general.title_en') }, { maxLength: 200 }),
      field('/prefix', 'text', t('general.prefix'), { maxLength: 10, hint: prefix_fixed ? undefined : t('general.prefix_hint') }),
      field(zonePointer, 'select', t('general.zone')),
      field('/settings/visibility', 'radio', t('general.visibility'), {
        hint: t('general.visibility_hint', { widest: t(`scope.${visibility.widest}`) }),
        options: [
          { value: '', label: t('general.visibility_default', { scope: t(`scope.${visibility.default}`) }) },
          ...offered.map((scope) => ({ value: scope, label: t(`scope.${scope}`) })),
        ],
      }),
      field('/settings/max_bytes', 'number', t('general.max_bytes'), { ...limit, hint: t('general.declared', { value: bytes(attachments.max_bytes) }) }),
      field('/settings/max_count', 'number', t('general.max_count'), { ...limit, integer: true, hint: t('general.declared', { value: attachments.max_count }) }),
      field('/settings/link_max_bytes', 'number', t('general.link_max_bytes'), { ...limit, hint: t('general.declared', { value: bytes(attachments.link_max_bytes) }) }),
    ])
  }
  return (
    <SettingsPage title={t('section.general')} model={model}>
      {({ model: { fields }, value }, { prefix_fixed }) => {
        const input = (pointer: string) => {
          const one = fields.get(pointer)
          return one && <FieldInput field={one} />
        }
        const [zone, max, link] = [fields.get(zonePointer), fields.get('/settings/max_bytes'), fields.get('/settings/link_max_bytes')]
        return (
          <>
            {input('/title/ru')}
            {input('/title/en')}
            {prefix_fixed ? (
              <div className="field">
                <p className="field__name">{t('general.prefix')}</p>
                <p>
                  <code>{String(value.prefix)}</code> <span className="faint">{t('general.prefix_fixed')}</span>
                </p>
              </div>
            ) : (
              input('/prefix')
            )}
            {zone && <TimeZone field={zone} />}
            {input('/settings/visibility')}
            <h2>{t('general.files')}</h2>
            {max && <Megabytes field={max} />}
            {input('/settings/max_count')}
            {link && <Megabytes field={link} />}
          </>
        )
      }}
    </SettingsPage>
  )
}
