// What administrators and operators changed of a desk.
import { infiniteQueryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../../api/client'

export type Change = Schemas['AuditView']

export const auditQuery = (tenant: string, desk: string) =>
  infiniteQueryOptions({
    queryKey: [tenant, 'admin', desk, 'audit'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/audit', { params: { path: { tenant, desk }, query: { after: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next,
  })
