// What the parts of a desk's settings are called, and how their values read, whichever page changed them.
import { useTranslation } from 'react-i18next'

import { fieldAt } from '../../../form/model'
import { parts } from '../../../form/pointer'
import { bytes } from '../../../ui/format'
import { zoneName } from '../../../ui/zone'
import type { DeskSettings, Line, Queue } from '../data/settings'
import { settingsModel } from './schema'

export const zonePointer = '/settings/time_zone'

export interface Names {
  label: (pointer: string) => string | undefined
  show: (pointer: string, value: unknown) => string | undefined
}

/** Names for the comparison of two versions of a desk's settings. */
export function useNames(settings: DeskSettings): Names {
  const { t } = useTranslation('admin')
  const { plugin_schema, plugin_ui } = settings.declared
  const fixed: Record<string, string> = {
    '/title/ru': t('general.title_ru'),
    '/title/en': t('general.title_en'),
    '/prefix': t('general.prefix'),
    [zonePointer]: t('general.zone'),
    '/settings/visibility': t('general.visibility'),
    '/settings/max_bytes': t('general.max_bytes'),
    '/settings/max_count': t('general.max_count'),
    '/settings/link_max_bytes': t('general.link_max_bytes'),
    '/settings/lines': t('lines.lines'),
    '/settings/queues': t('lines.queues'),
  }
  const scopes: Record<string, string> = { '': t('general.as_declared'), own: t('scope.own'), organisation: t('scope.organisation'), desk: t('scope.desk') }
  const rowOf = ({ key, title, line, talks, closes, sees, hands_to }: Queue & Partial<Line>) => {
    const facts = [
      line,
      talks && t('lines.talks'),
      closes && t('lines.closes'),
      sees && (sees === 'handed' ? t('lines.sees_handed') : t('lines.sees_desk')),
      hands_to && hands_to.length > 0 && t('lines.hands', { lines: hands_to.join(', ') }),
    ]
    return [`${title.ru} / ${title.en} (${key})`, ...facts].filter(Boolean).join('; ')
  }
  return {
    label: (pointer) => {
      const [, part, name] = parts(pointer)
      if (part === 'contacts') return settings.declared.contacts.find((one) => one.setting === name)?.title
      if (part === 'plugin') return (plugin_schema ? fieldAt(settingsModel('', plugin_schema, '/settings/plugin', plugin_ui), pointer)?.label : undefined) ?? name
      return fixed[pointer]
    },
    show: (pointer, value) => {
      if (pointer === zonePointer && value) return zoneName(String(value))
      if (pointer === '/settings/visibility') return scopes[String(value ?? '')]
      if (pointer.endsWith('max_bytes')) return value ? bytes(Number(value)) : t('general.as_declared')
      if (pointer === '/settings/lines' || pointer === '/settings/queues') {
        return ((value as (Queue & Partial<Line>)[] | undefined) ?? []).map(rowOf).join('\n') || '—'
      }
      if (pointer.startsWith('/settings/plugin/')) return typeof value === 'string' ? value : JSON.stringify(value ?? null, null, 1)
      return undefined
    },
  }
}
