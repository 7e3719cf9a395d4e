import { useTranslation } from 'react-i18next'

interface Props {
  length: number
  limit: number
  /** The share of the limit from which the counter is shown. */
  from: number
}

/** How many characters are left; spoken only when they run out. */
export function Counter({ length, limit, from }: Props) {
  const { t } = useTranslation()
  if (length < limit * from) return null
  const left = limit - length
  const text = left >= 0 ? t('form.left', { count: left }) : t('form.over', { count: -left })
  return (
    <p className={left < 0 ? 'counter counter--over' : 'counter'}>
      <span className="tabular">{text}</span>
      <span className="visually-hidden" aria-live="polite">
        {left < limit * 0.1 ? text : ''}
      </span>
    </p>
  )
}
