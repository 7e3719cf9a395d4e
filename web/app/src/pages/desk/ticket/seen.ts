// Up to where a person has read each ticket on this device, so that the history can show what is new since then.
const most = 300

const nameOf = (tenant: string, person: string) => `opora.seen|${tenant}|${person}`

function read(name: string): [string, number][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is [string, number] => Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'number') : []
  } catch {
    return []
  }
}

/** The seq of the last entry that was read, or undefined where the ticket was not read here. */
export function seenUpTo(tenant: string, person: string, number: string): number | undefined {
  return read(nameOf(tenant, person)).find(([one]) => one === number)?.[1]
}

/** Notes how far a ticket has been read; those read longest ago are forgotten. */
export function noteSeen(tenant: string, person: string, number: string, seq: number) {
  const name = nameOf(tenant, person)
  try {
    localStorage.setItem(name, JSON.stringify([[number, seq], ...read(name).filter(([one]) => one !== number)].slice(0, most)))
  } catch {
    // then nothing is marked as new
  }
}
