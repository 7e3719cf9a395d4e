// Texts of a desk's figures, loaded with that page only: useTranslation('dashboard').
import { i18n } from '.'
import en from './dashboard.en.json'
import ru from './dashboard.ru.json'

i18n.addResourceBundle('ru', 'dashboard', ru)
i18n.addResourceBundle('en', 'dashboard', en)
