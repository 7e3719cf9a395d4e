import { PageTitle } from '../../shell/PageTitle'

export function Enter() {
  return <PageTitle>…</PageTitle>
}
