// Texts of administration and of the operator's pages, loaded with those pages only: useTranslation('admin').
import { i18n } from '.'
import en from './admin.en.json'
import ru from './admin.ru.json'

i18n.addResourceBundle('ru', 'admin', ru)
i18n.addResourceBundle('en', 'admin', en)
