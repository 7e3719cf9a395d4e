import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'

export interface Asked {
  transition: Schemas['TransitionView']
  duplicateOf?: string
}

interface Props {
  transitions?: Schemas['TransitionView'][]
  onAsk: (asked: Asked) => void
}

/** What may be done with the status now; and, greyed, why the rest may not. */
export function Transitions({ transitions, onAsk }: Props) {
  const { t } = useTranslation('desk')
  const allowed = transitions?.filter((one) => one.allowed) ?? []
  const refused = transitions?.filter((one) => !one.allowed) ?? []
  return (
    <section className="panel" aria-labelledby="transitions-title">
      <h2 id="transitions-title">{t('transitions.title')}</h2>
      <ul className="moves">
        {allowed.map((transition, i) => (
          <li key={transition.key}>
            <Button fullWidth justify="space-between" variant="default" onClick={() => onAsk({ transition })} title={transition.help} rightSection={i < 9 && <kbd aria-hidden>{i + 1}</kbd>}>
              {transition.title}
            </Button>
          </li>
        ))}
      </ul>
      {allowed.length === 0 && <p className="dim">{t('transitions.none')}</p>}
      {refused.length > 0 && (
        <details className="moves__refused" open>
          <summary>{t('transitions.refused', { count: refused.length })}</summary>
          <ul>
            {refused.map((transition) => (
              <li key={transition.key}>
                <span className="moves__name">{transition.title}</span>
                <span className="moves__why">{transition.reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
