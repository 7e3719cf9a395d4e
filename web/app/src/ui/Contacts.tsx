import type { Schemas } from '../api/client'
import { dialled } from './dial'

/** A desk's addresses, the preferred one first; mail, phone and web addresses as links. */
export function Contacts({ contacts }: { contacts: Schemas['ContactView'][] }) {
  return (
    <dl className="contacts">
      {contacts.map((contact) => (
        <div key={contact.kind + contact.value}>
          <dt>{contact.title}</dt>
          <dd>{addressOf(contact) ? <a href={addressOf(contact)}>{contact.value}</a> : contact.value}</dd>
        </div>
      ))}
    </dl>
  )
}

function addressOf({ kind, value }: Schemas['ContactView']): string | undefined {
  if (/^https?:\/\//.test(value)) return value
  if (kind === 'mail' || kind === 'email') return `mailto:${value}`
  if (kind === 'phone') return dialled(value)
  return undefined
}
