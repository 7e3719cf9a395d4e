import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { leaves } from './leaves'
import { inUnit, spelled, told, type Word } from './words'

/** What a change holds: a few values at once, many when asked for. */
export function Details({ data }: { data: Record<string, unknown> }) {
  const { t } = useTranslation('admin')
  const say = (word: Word) => t(`audit.word.${word}`)
  // Sizes are spoken of as the form speaks of them.
  const size = (bytes: number, unit: 'megabytes' | 'gigabytes') =>
    bytes === 0 ? t('general.as_declared') : t(`audit.${unit}`, { number: new Intl.NumberFormat(language(), { maximumFractionDigits: 3 }).format(inUnit(bytes, unit)) })
  const rows = leaves(data)
  if (rows.length === 0) return null
  const list = (
    <dl className="pairs pairs--small">
      {rows.map(({ name, text }) => (
        <div key={name}>
          <dt>{spelled(name, say)}</dt>
          <dd>{told(name, text, say, size)}</dd>
        </div>
      ))}
    </dl>
  )
  if (rows.length <= 3) return list
  return (
    <details>
      <summary>{t('audit.values', { count: rows.length })}</summary>
      {list}
    </details>
  )
}
