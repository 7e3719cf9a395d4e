import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from '../../../form/context'
import { useWrapper } from '../../../form/FieldInput'
import type { FieldModel } from '../../../form/model'
import { valueAt } from '../../../form/pointer'
import { bytesOf, megabytesOf } from './size'

/** A limit in megabytes over a value in bytes; empty for what the system declares. */
export function Megabytes({ field }: { field: FieldModel }) {
  const { t } = useTranslation('admin')
  const { values, set } = useForm()
  const value = valueAt(values, field.pointer)
  const [typed, setTyped] = useState<string>()
  // Half a number, such as "1,", stays as it is being typed.
  const shown = typed !== undefined && bytesOf(typed) === value ? typed : megabytesOf(value)
  return (
    <div className="field">
      <TextInput
        {...useWrapper(field, field.pointer)}
        className="w-short"
        inputMode="decimal"
        autoComplete="off"
        rightSection={<span aria-hidden>{t('general.megabytes')}</span>}
        rightSectionWidth={48}
        value={shown}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          set(field.pointer, bytesOf(event.currentTarget.value))
        }}
      />
    </div>
  )
}
