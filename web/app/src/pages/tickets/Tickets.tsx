import { PageTitle } from '../../shell/PageTitle'

export function Tickets() {
  return <PageTitle>…</PageTitle>
}
