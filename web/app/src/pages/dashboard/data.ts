// A desk's figures.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../api/client'
import { language } from '../../i18n'
import type { Period } from './period'

export type Figures = Schemas['StatisticsView']
export type Count = Schemas['KeyCount']

export const figuresQuery = (tenant: string, desk: string, { from, to }: Period, by: string | undefined) =>
  queryOptions({
    queryKey: [tenant, 'statistics', desk, from, to, by, language()],
    queryFn: () => ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/statistics', { params: { path: { tenant, desk }, query: { from, to, by } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })

export const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0)
