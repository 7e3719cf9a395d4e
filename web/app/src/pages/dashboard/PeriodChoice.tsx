import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type DashboardSearch, faultOf, type Period, periodOf, spans } from './period'

interface Props {
  search: DashboardSearch
  today: string
  onChange: (part: DashboardSearch) => void
}

/** The last 7, 30 or 90 days, or a period of one's own. */
export function PeriodChoice({ search, today, onChange }: Props) {
  const { t } = useTranslation('dashboard')
  const own = search.from !== undefined
  const [open, setOpen] = useState(own)
  const span = own || open ? undefined : (search.days ?? 30)
  return (
    <div className="period" role="group" aria-label={t('period')}>
      {spans.map((days) => (
        <Button
          key={days}
          variant={span === days ? 'filled' : 'default'}
          aria-pressed={span === days}
          onClick={() => {
            setOpen(false)
            onChange({ days, from: undefined, to: undefined })
          }}
        >
          {t('last', { count: days })}
        </Button>
      ))}
      <Button variant={open || own ? 'filled' : 'default'} aria-pressed={open || own} aria-expanded={open || own} onClick={() => setOpen(true)}>
        {t('own')}
      </Button>
      {(open || own) && <Own start={periodOf(search, today)} today={today} onChange={onChange} />}
    </div>
  )
}

function Own({ start, today, onChange }: { start: Period; today: string; onChange: Props['onChange'] }) {
  const { t } = useTranslation('dashboard')
  const [typed, setTyped] = useState(start)
  const [fault, setFault] = useState<ReturnType<typeof faultOf>>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = faultOf(typed, today)
    setFault(found)
    if (!found) onChange({ ...typed, days: undefined })
  }
  const input = (end: keyof Period) => (
    <TextInput
      type="date"
      label={t(end)}
      value={typed[end]}
      max={today}
      error={fault !== undefined}
      aria-describedby={fault && 'period-fault'}
      onChange={(event) => setTyped({ ...typed, [end]: event.currentTarget.value })}
    />
  )
  return (
    <form className="period__own" onSubmit={submit} noValidate aria-label={t('own')}>
      {input('from')}
      {input('to')}
      <Button type="submit">{t('show')}</Button>
      <p id="period-fault" className="problem" role="alert">
        {fault && t(`fault.${fault}`)}
      </p>
    </form>
  )
}
