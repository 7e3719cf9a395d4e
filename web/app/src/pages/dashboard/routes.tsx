// The route of a desk's figures, within the agents' console; charts are loaded with it alone.
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { readSearch } from './period'

/** The page under the console's own route. */
export const dashboardUnder = <Parent extends AnyRoute>(parent: Parent) =>
  createRoute({
    getParentRoute: () => parent,
    path: '/dashboard',
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./Dashboard'), 'Dashboard'),
  })
