import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

import en from './en.json'
import ru from './ru.json'

export type Language = 'ru' | 'en'

const key = 'opora.language'

function first(): Language {
  const kept = read()
  if (kept) return kept
  return navigator.languages[0]?.toLowerCase().startsWith('en') ? 'en' : 'ru'
}

function read(): Language | undefined {
  try {
    const value = localStorage.getItem(key)
    return value === 'ru' || value === 'en' ? value : undefined
  } catch {
    return undefined
  }
}

export const i18n = i18next.createInstance()

void i18n.use(initReactI18next).init({
  lng: first(),
  fallbackLng: false,
  defaultNS: 'main',
  ns: ['main'],
  resources: { ru: { main: ru }, en: { main: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
})

/** The language of the screens, also sent with every call. */
export function language(): Language {
  return i18n.language === 'en' ? 'en' : 'ru'
}

/** Changes the language of the screens and remembers it. */
export async function speak(next: Language) {
  try {
    localStorage.setItem(key, next)
  } catch {
    // private windows may keep nothing
  }
  await i18n.changeLanguage(next)
}

const mark = () => {
  document.documentElement.lang = language()
}
mark()
i18n.on('languageChanged', mark)
