import { useTranslation } from 'react-i18next'

import { language, speak } from '../i18n'

/** The other language, by its own name. */
export function LanguageSwitch() {
  useTranslation()
  const other = language() === 'ru' ? 'en' : 'ru'
  return (
    <button type="button" className="link-button" lang={other} onClick={() => void speak(other)}>
      {other === 'en' ? 'English' : 'Русский'}
    </button>
  )
}
