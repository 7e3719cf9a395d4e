import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from '../../../form/context'
import { useWrapper } from '../../../form/FieldInput'
import type { FieldModel } from '../../../form/model'
import { valueAt } from '../../../form/pointer'
import SearchSelect from '../../../form/SearchSelect'
import { language } from '../../../i18n'
import { useNow } from '../../../ui/edit/now'
import { clockIn, zones } from './zones'

/** The desk's time zone, found by typing; each with the time that it is there now. */
export function TimeZone({ field }: { field: FieldModel }) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const { values, set } = useForm()
  const value = String(valueAt(values, field.pointer) ?? '')
  const now = useNow()
  const speech = language()
  const data = useMemo(() => zones(value, new Date(now)), [value, now, speech])
  const there = clockIn(value || 'UTC', new Date(now))
  return (
    <div className="field">
      <SearchSelect
        {...useWrapper({ ...field, hint: there && t('general.zone_now', there) }, field.pointer)}
        className="w-select"
        data={data}
        limit={60}
        placeholder={t('general.zone_utc')}
        nothingFoundMessage={main('form.nothing')}
        value={value || null}
        onChange={(chosen) => set(field.pointer, chosen ?? '')}
      />
    </div>
  )
}
