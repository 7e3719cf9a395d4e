import { PageTitle } from '../../shell/PageTitle'

export function FilePage() {
  return <PageTitle>…</PageTitle>
}
