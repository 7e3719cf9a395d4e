import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { type Choice, distinct, roomFor } from './columns'
import { listOf, mostColumns, toggled } from './view'

interface Props {
  asked?: string
  choices: Choice[]
  onChange: (columns: string | undefined) => void
}

/** Which of the system's own fields are columns of the list. */
export function ColumnMenu({ asked, choices, onChange }: Props) {
  const { t } = useTranslation('desk')
  if (choices.length === 0) return null
  const chosen = listOf(asked)
  return (
    <Popover position="bottom-end" width={320} trapFocus returnFocus shadow="md" transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <Button variant="default">{chosen.length > 0 ? t('columns.some', { count: chosen.length }) : t('columns.open')}</Button>
      </Popover.Target>
      <Popover.Dropdown className="columns" aria-label={t('columns.title')}>
        <Checkbox.Group label={t('columns.title')} description={t('columns.hint', { most: mostColumns })} value={chosen}>
          <Stack gap="xs" mt="xs">
            {distinct(choices).map((choice) => (
              <Checkbox
                key={choice.pointer}
                value={choice.pointer}
                label={choice.title}
                disabled={!chosen.includes(choice.pointer) && !roomFor(asked)}
                onChange={() => onChange(toggled(asked, choice.pointer))}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}
