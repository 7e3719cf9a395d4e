import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'

import { adminRoutes } from './pages/admin/routes'
import { deskRoutes } from './pages/desk/routes'
import { operatorRoutes } from './pages/operator/routes'
import { readFilter } from './pages/tickets/filter'
import { parseSearch, stringifySearch } from './shell/address'
import { ErrorScreen, NotFoundScreen } from './shell/ErrorScreen'
import { rootRoute, tenantRoute } from './shell/routes'
import { Waiting } from './shell/Waiting'

const enterRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/enter/Enter'), 'Enter'),
})

const homeRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/Home'), 'Home'),
})

const ticketsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/tickets',
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import('./pages/tickets/Tickets'), 'Tickets'),
})

const ticketRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/tickets/$number',
  component: lazyRouteComponent(() => import('./pages/ticket/TicketPage'), 'TicketPage'),
})

const fileRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/file/$desk/$form',
  validateSearch: ({ sent }: Record<string, unknown>): { sent?: string } => (typeof sent === 'string' && sent !== '' ? { sent } : {}),
  component: lazyRouteComponent(() => import('./pages/file/FilePage'), 'FilePage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    enterRoute,
    ...operatorRoutes,
    tenantRoute.addChildren([homeRoute, ticketsRoute, ticketRoute, fileRoute, ...deskRoutes, ...adminRoutes]),
  ]),
  parseSearch,
  stringifySearch,
  trailingSlash: 'preserve',
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: ErrorScreen,
  defaultNotFoundComponent: () => <NotFoundScreen />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
