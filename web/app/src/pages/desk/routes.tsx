// Routes of the agents' pages; their code is loaded when one of them is opened.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { tenantRoute } from '../../shell/routes'

const deskRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/desk',
  component: lazyRouteComponent(() => import('./Desk'), 'Desk'),
})

export const deskRoutes = [deskRoute] as const
