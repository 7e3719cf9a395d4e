// Routes of the agents' pages; their code is loaded when one of them is opened.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { tenantRoute } from '../../shell/routes'
import { dashboardUnder } from '../dashboard/routes'
import { readView } from './list/view'

const deskRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/desk',
  component: lazyRouteComponent(() => import('./Desk'), 'Desk'),
})

const listRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/',
  validateSearch: readView,
  component: lazyRouteComponent(() => import('./Desk'), 'TicketList'),
})

const workRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/tickets/$number',
  component: lazyRouteComponent(() => import('./ticket/WorkPage'), 'WorkPage'),
})

const phoneRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/phone',
  component: lazyRouteComponent(() => import('../phone/PhoneDesk'), 'PhoneDesk'),
})

const dashboardRoute = dashboardUnder(deskRoute)

export const deskRoutes = [deskRoute.addChildren([listRoute, workRoute, phoneRoute, dashboardRoute])] as const
