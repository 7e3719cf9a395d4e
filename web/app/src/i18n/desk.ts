// Texts of the agents' pages, loaded with those pages only: import this file there, then useTranslation('desk').
import { i18n } from '.'
import en from './desk.en.json'
import ru from './desk.ru.json'

i18n.addResourceBundle('ru', 'desk', ru)
i18n.addResourceBundle('en', 'desk', en)
