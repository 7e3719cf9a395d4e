import { PageTitle } from '../../shell/PageTitle'

export function Home() {
  return <PageTitle>…</PageTitle>
}
