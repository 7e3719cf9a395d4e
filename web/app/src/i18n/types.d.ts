import 'i18next'

import type adminTexts from './admin.ru.json'
import type dashboardTexts from './dashboard.ru.json'
import type deskTexts from './desk.ru.json'
import type texts from './ru.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'main'
    resources: { main: typeof texts; desk: typeof deskTexts; admin: typeof adminTexts; dashboard: typeof dashboardTexts }
  }
}
