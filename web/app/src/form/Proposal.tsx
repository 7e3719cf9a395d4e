import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from './context'
import type { FieldModel } from './model'
import { given, present, valueAt } from './pointer'

interface Props {
  field: FieldModel
  pointer: string
}

/** Offers values that were recognised in the texts; nothing is put in without being asked for. */
export function Proposal({ field, pointer }: Props) {
  const { t } = useTranslation()
  const { values, set, check } = useForm()
  const [refused, setRefused] = useState<string[]>([])
  const proposed = proposedAt(check?.proposed ?? {}, field, pointer)
  const now = valueAt(values, pointer)
  const has = Array.isArray(now) ? now.map((row) => keyOf(row)) : []
  const fresh = proposed.filter((value) => !has.includes(keyOf(value)) && !refused.includes(keyOf(value)))
  const taken = field.kind !== 'rows' && present(now)
  const live = fresh.length > 0 && !taken
  return (
    <div aria-live="polite">
      {live && (
        <div className="proposal">
          <span>{t('form.found', { values: fresh.map(keyOf).join(', ') })}</span>
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => set(pointer, field.kind === 'rows' ? [...(given(Array.isArray(now) ? now : []) as unknown[]), ...fresh] : fresh[0])}
            >
              {t('form.add')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => setRefused([...refused, ...fresh.map(keyOf)])}>
              {t('form.dismiss')}
            </Button>
          </Group>
        </div>
      )}
    </div>
  )
}

/** What is proposed for a field: a value, a list of them, or the texts of a list's rows. */
function proposedAt(all: Record<string, unknown>, field: FieldModel, pointer: string): unknown[] {
  const own = all[pointer]
  if (own !== undefined) return Array.isArray(own) ? own : [own]
  for (const [target, value] of Object.entries(all)) {
    if (field.kind === 'rows' && target.startsWith(`${field.pointer}/*/`)) {
      const name = target.slice(field.pointer.length + 3)
      return (Array.isArray(value) ? value : [value]).map((text) => ({ [name]: text }))
    }
  }
  return []
}

const keyOf = (value: unknown): string => (value !== null && typeof value === 'object' ? Object.values(value).map(String).join(', ') : String(value))
