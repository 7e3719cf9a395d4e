import { useTranslation } from 'react-i18next'

import { leaves } from './leaves'
import { spelled, told, type Word } from './words'

/** What a change holds: a few values at once, many when asked for. */
export function Details({ data }: { data: Record<string, unknown> }) {
  const { t } = useTranslation('admin')
  const say = (word: Word) => t(`audit.word.${word}`)
  const rows = leaves(data)
  if (rows.length === 0) return null
  const list = (
    <dl className="pairs pairs--small">
      {rows.map(({ name, text }) => (
        <div key={name}>
          <dt>{spelled(name, say)}</dt>
          <dd>{told(text, say)}</dd>
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
