import { PageTitle } from '../../shell/PageTitle'

export function TicketPage() {
  return <PageTitle>…</PageTitle>
}
