// The roots that every page hangs on. Pages of a tenant are children of tenantRoute.
import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'

import { ErrorScreen, NotFoundScreen } from './ErrorScreen'
import { LoginGate } from './LoginGate'
import { Shell } from './Shell'

export const rootRoute = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <LoginGate />
    </>
  ),
  errorComponent: ErrorScreen,
  notFoundComponent: () => <NotFoundScreen />,
})

export const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/t/$tenant',
  component: Shell,
  errorComponent: ErrorScreen,
  notFoundComponent: () => <NotFoundScreen />,
})
