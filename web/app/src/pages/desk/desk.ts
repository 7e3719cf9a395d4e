// What the console reads of a desk.
import { queryOptions } from '@tanstack/react-query'

import { api, ask, type Schemas } from '../../api/client'

/** Who works the desk, by line and name. */
export const agentsQuery = (tenant: string, desk: string) =>
  queryOptions({
    queryKey: [tenant, 'agents', desk],
    staleTime: 60_000,
    queryFn: async () => (await ask(api.GET('/api/v1/t/{tenant}/desks/{desk}/agents', { params: { path: { tenant, desk } } }))).items,
  })

/** Agents by their lines, as a select wants them; the reader himself first where he is asked for. */
export function agentOptions(agents: readonly Schemas['AgentView'][], lines: readonly Schemas['LineView'][]) {
  return lines.flatMap((line) => {
    const items = agents.filter((agent) => agent.line === line.key).map((agent) => ({ value: agent.id, label: agent.name }))
    return items.length > 0 ? [{ group: line.title, items }] : []
  })
}
