import { useTranslation } from 'react-i18next'

import type { Writing } from './drafts'
import { left } from './fill'

/** The places of a template that nothing stands in yet: they are not sent to anybody. */
export function Gaps({ writing }: { writing: Writing }) {
  const { t } = useTranslation('desk')
  const gaps = left(writing.text, writing.blanks)
  return (
    <p role="alert" className="problem">
      {gaps.length > 0 && t('templates.gaps', { gaps: gaps.join(', ') })}
    </p>
  )
}

/** Marks the first of the places in the text of a form, to be typed over. */
export function markGap(form: HTMLElement | null, gaps: readonly string[]) {
  const area = form?.querySelector('textarea')
  const at = area && gaps[0] ? area.value.indexOf(gaps[0]) : -1
  if (!area || at < 0) return
  area.focus()
  area.setSelectionRange(at, at + (gaps[0]?.length ?? 0))
}
