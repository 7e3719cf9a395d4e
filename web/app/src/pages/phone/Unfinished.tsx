import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { instant } from '../../ui/format'
import type { KeptCall } from './calls'

interface Props {
  calls: KeptCall[]
  onResume: (call: KeptCall) => void
  onRemove: (call: KeptCall) => void
}

/** Calls that broke off before their ticket was filed: each is gone on with or taken away. */
export function Unfinished({ calls, onResume, onRemove }: Props) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const [asking, setAsking] = useState<string>()
  if (calls.length === 0) return null
  const others = () => setTimeout(() => document.querySelector<HTMLElement>('.unfinished button, #caller-search')?.focus())
  return (
    <section className="section" aria-labelledby="unfinished-title">
      <h2 id="unfinished-title">{t('phone.unfinished')}</h2>
      <ul className="unfinished">
        {calls.map((call) => (
          <li key={call.id}>
            {asking === call.id ? (
              <>
                <span className="unfinished__who">{main('form.discard_sure')}</span>
                <Group gap="sm">
                  <Button
                    size="compact-md"
                    color="red"
                    onClick={() => {
                      onRemove(call)
                      others()
                    }}
                  >
                    {main('form.discard_yes')}
                  </Button>
                  <Button size="compact-md" variant="default" onClick={() => setAsking(undefined)} autoFocus>
                    {main('form.discard_no')}
                  </Button>
                </Group>
              </>
            ) : (
              <>
                <span className="unfinished__who" id={`unfinished-${call.id}`}>
                  {t('phone.unfinished_of', { name: nameOf(call) ?? t('phone.nameless'), at: moment(call.at) })}
                </span>
                <button type="button" className="link-button" aria-describedby={`unfinished-${call.id}`} onClick={() => onResume(call)}>
                  {t('phone.resume')}
                </button>
                <button type="button" className="link-button" aria-describedby={`unfinished-${call.id}`} onClick={() => setAsking(call.id)}>
                  {t('phone.remove')}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

const nameOf = ({ caller, name, said }: KeptCall) => caller?.name ?? name ?? said?.name ?? said?.phone ?? said?.email

/** The hour alone on the same day. */
function moment(at: number): string {
  const then = new Date(at)
  if (then.toDateString() !== new Date().toDateString()) return instant(then.toISOString())
  return new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit' }).format(then)
}
