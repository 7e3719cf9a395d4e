import { useTranslation } from 'react-i18next'

import type { Values } from '../../../form/pointer'
import type { Problem } from '../../../form/problems'
import { field, inBoth } from '../../../ui/edit/build'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { type ListPlace, type ListValue, saveValue } from '../data/lists'

interface Props {
  place: ListPlace
  /** The value to rename; a new one without. */
  value?: ListValue
  onClose: () => void
}

/** Adds a value to a list, or gives one another title. */
export function ValueDialog({ place, value, onClose }: Props) {
  const { t } = useTranslation('admin')
  const titles = inBoth('/title', { ru: t('lists.title_ru'), en: t('lists.title_en') }, { maxLength: 500 })
  const fields = value ? titles : [field('/key', 'text', t('lists.key'), { maxLength: 64, hint: t('lists.key_hint') }), ...titles]
  const send = (values: Values) => {
    const title = { ru: '', en: '', ...(values.title as object) }
    return saveValue(place, value?.key ?? String(values.key), title, value?.retired ?? false)
  }
  // The key is a part of the address, so that an empty one cannot be asked about.
  const check = (values: Values): Problem[] =>
    value || String(values.key ?? '').trim() !== '' ? [] : [{ pointer: '/key', at: '/key', message: t('lists.key_needed') }]
  return (
    <FormDialog
      title={value ? t('lists.rename_it', { key: value.key }) : t('lists.add')}
      fields={fields}
      initial={value ? { title: value.title } : {}}
      hint={value?.declared ? <p className="notice-box">{t('lists.own_rename')}</p> : undefined}
      submit={value ? t('edit.save') : t('lists.add')}
      onSubmit={send}
      check={check}
      onClose={onClose}
    />
  )
}
