import { lazy, Suspense } from 'react'

import { useAskedLogin } from '../api/login'

const LoginBox = lazy(async () => ({ default: (await import('./LoginBox')).LoginBox }))

/** Keeps the login box at hand; its code is loaded when a session is needed. */
export function LoginGate() {
  const tenant = useAskedLogin()
  if (tenant === undefined) return null
  return (
    <Suspense fallback={null}>
      <LoginBox tenant={tenant} />
    </Suspense>
  )
}
