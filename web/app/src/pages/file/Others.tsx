import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { anonymous, type Found } from '../../form/draft'
import { instant } from '../../ui/format'

interface Props {
  drafts: Found[]
  /** Who fills the form. */
  person: string
  /** What the profile filled in: it tells no draft from another. */
  known: unknown[]
  onTake: (draft: Found) => void
}

/** What was typed into the same form in another tab, or before signing in: taken only when that is asked for. */
export default function Others({ drafts, person, known, onTake }: Props) {
  const { t } = useTranslation()
  return (
    <section className="restored others" aria-labelledby="others">
      <h2 id="others">{t('form.others')}</h2>
      <ul>
        {drafts.map((draft) => {
          const foreign = draft.place.person === anonymous && person !== anonymous
          const words = beginning(draft.values, known)
          return (
            <li key={`${draft.place.person} ${draft.place.version} ${draft.place.slot ?? ''}`}>
              <span>
                {foreign && `${t('form.by_nobody')} `}
                {instant(new Date(draft.savedAt).toISOString())}
                {words && `: ${words}`}
              </span>
              <Button size="compact-md" variant="default" onClick={() => onTake(draft)}>
                {foreign ? t('form.take') : t('form.restore')}
              </Button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const most = 60

/** The longest text of a draft, by which its author knows it again. */
function beginning(values: unknown, known: unknown[]): string {
  const texts: string[] = []
  const walk = (value: unknown) => {
    if (known.includes(value)) return
    if (typeof value === 'string') texts.push(value.trim())
    else if (value !== null && typeof value === 'object') Object.values(value).forEach(walk)
  }
  walk(values)
  const [longest = ''] = texts.sort((a, b) => b.length - a.length)
  return [...longest].length > most ? `${[...longest].slice(0, most).join('')}…` : longest
}
