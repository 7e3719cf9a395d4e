// Tokens of tickets that were filed without a session, kept while the tab is open.
const prefix = 'opora.follow'

const nameOf = (tenant: string, number: string) => `${prefix}|${tenant}|${number}`

/** Keeps the token of a ticket. */
export function keepFollow(tenant: string, number: string, token: string) {
  try {
    sessionStorage.setItem(nameOf(tenant, number), token)
  } catch {
    // then the ticket is read where the number was written down
  }
}

/** The headers that read a ticket which was filed without a session, else none. */
export function followHeaders(tenant: string, number: string): { Authorization?: string } {
  try {
    const token = sessionStorage.getItem(nameOf(tenant, number))
    return token ? { Authorization: `Bearer ${token}` } : {}
  } catch {
    return {}
  }
}

/** The tickets of a tenant that this tab may read without a session. */
export function followed(tenant: string): string[] {
  try {
    const start = `${prefix}|${tenant}|`
    return Object.keys(sessionStorage)
      .filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length))
  } catch {
    return []
  }
}
