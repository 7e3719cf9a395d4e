// The tenants whose pages were opened on this device, latest first.
const key = 'opora.tenants'
const most = 5

export function recentTenants(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((slug): slug is string => typeof slug === 'string').slice(0, most) : []
  } catch {
    return []
  }
}

export function noteTenant(slug: string) {
  try {
    localStorage.setItem(key, JSON.stringify([slug, ...recentTenants().filter((other) => other !== slug)].slice(0, most)))
  } catch {
    // private windows may keep nothing
  }
}
