import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { StatusMark } from '../StatusMark'
import { duplicatesQuery } from './ticket'
import { useWorking } from './working'

interface Props {
  value: string
  problem?: string
  onChange: (number: string) => void
}

/** The ticket that this one repeats: by its number, or one of those that look alike. */
export function Base({ value, problem, onChange }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, ticket } = useWorking()
  const found = useQuery(duplicatesQuery(tenant, ticket.number)).data ?? []
  return (
    <>
      <TextInput
        label={t('transitions.base')}
        description={t('transitions.base_hint')}
        value={value}
        error={problem}
        spellCheck={false}
        maxLength={40}
        onChange={(event) => onChange(event.currentTarget.value)}
        data-autofocus
        mb="xs"
        className="w-medium"
      />
      {found.length > 0 && (
        <fieldset className="fieldset bases">
          <legend>{t('candidates.title')}</legend>
          {found.map((item) => (
            <label key={item.number} className="bases__one">
              <input type="radio" name="base" checked={value.trim() === item.number} onChange={() => onChange(item.number)} />
              <span>
                <span className="tabular strong">{item.number}</span> {item.subject} <StatusMark status={item.status} />
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  )
}
