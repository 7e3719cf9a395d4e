// Routes of administration; their code is loaded when one of them is opened.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { tenantRoute } from '../../shell/routes'

const adminRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/admin',
  component: lazyRouteComponent(() => import('./Admin'), 'Admin'),
})

const homeRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./Admin'), 'AdminHome'),
})

const deskRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/$desk',
  component: lazyRouteComponent(() => import('./Admin'), 'AdminDesk'),
})

const generalRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./settings/General'), 'General'),
})

const addressesRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/addresses',
  component: lazyRouteComponent(() => import('./settings/Addresses'), 'Addresses'),
})

const linesRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/lines',
  component: lazyRouteComponent(() => import('./settings/Lines'), 'Lines'),
})

const pluginRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/plugin',
  component: lazyRouteComponent(() => import('./settings/PluginSettings'), 'PluginSettings'),
})

const listsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/lists',
  component: lazyRouteComponent(() => import('./lists/Lists'), 'Lists'),
})

const listRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/lists/$list',
  component: lazyRouteComponent(() => import('./lists/ListPage'), 'ListPage'),
})

const templatesRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/templates',
  component: lazyRouteComponent(() => import('./templates/Templates'), 'Templates'),
})

const peopleRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/People'), 'People'),
})

const personRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/people/$person',
  component: lazyRouteComponent(() => import('./people/PersonPage'), 'PersonPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/audit',
  component: lazyRouteComponent(() => import('./audit/Audit'), 'Audit'),
})

export const adminRoutes = [
  adminRoute.addChildren([
    homeRoute,
    deskRoute.addChildren([generalRoute, addressesRoute, linesRoute, pluginRoute, listsRoute, listRoute, templatesRoute, peopleRoute, personRoute, auditRoute]),
  ]),
] as const
