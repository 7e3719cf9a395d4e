import '@mantine/core/styles.layer.css'
import './shell/app.css'

import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'

import { onRecovered } from './api/connection'
import { queries } from './api/queries'
import { i18n } from './i18n'
import { router } from './router'
import { followFocus } from './ui/land'
import { theme, variables } from './ui/theme'

// Styles that components insert carry the page's nonce, or the policy refuses them.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
setNonce(nonce)

followFocus()
onRecovered(() => void queries.refetchQueries({ type: 'active' }))
i18n.on('languageChanged', () => void queries.invalidateQueries())

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  </StrictMode>,
)
