// Routes of the operator's pages; their code is loaded when one of them is opened.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { rootRoute } from '../../shell/routes'

const operatorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operator',
  component: lazyRouteComponent(() => import('./Operator'), 'Operator'),
})

const homeRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./Installation'), 'Installation'),
})

const pluginRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: '/plugins/$system',
  component: lazyRouteComponent(() => import('./plugins/PluginPage'), 'PluginPage'),
})

const tenantRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: '/tenants/$tenant',
  component: lazyRouteComponent(() => import('./tenants/TenantPage'), 'TenantPage'),
})

const systemRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: '/systems/$system',
  component: lazyRouteComponent(() => import('./systems/SystemPage'), 'SystemPage'),
})

export const operatorRoutes = [operatorRoute.addChildren([homeRoute, pluginRoute, tenantRoute, systemRoute])] as const
