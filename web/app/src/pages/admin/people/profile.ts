// The form of a person's profile: what is asked, and how it is sent.
import type { TFunction } from 'i18next'

import type { Schemas } from '../../../api/client'
import type { FieldModel } from '../../../form/model'
import { present, type Values } from '../../../form/pointer'
import { field } from '../../../ui/edit/build'
import type { Card } from '../data/people'

/** The fields of a profile; who signs in needs an address. */
export function profileFields(t: TFunction<'admin'>, { login }: Values): FieldModel[] {
  return [
    field('/name', 'fio', t('people.name'), { maxLength: 200 }),
    field('/email', 'email', t('people.email'), { maxLength: 254, required: login === true, hint: t('people.email_hint') }),
    field('/phone', 'phone', t('people.phone'), { maxLength: 50, required: false }),
    field('/position', 'text', t('people.position'), { maxLength: 200, required: false }),
    field('/kind', 'radio', t('people.kind'), {
      options: [
        { value: 'staff', label: t('people.staff') },
        { value: 'citizen', label: t('people.citizen') },
      ],
    }),
    field('/organisation/name', 'text', t('people.organisation'), { maxLength: 500, required: false }),
    field('/organisation/inn', 'text', t('people.inn'), { maxLength: 12, digits: true, required: false }),
    field('/login', 'yesno', t('people.login'), { hint: t('people.login_hint') }),
  ]
}

/** What the form shows of a person. */
export function profileOf(card: Card): Values {
  const { name, email, phone, position, kind, organisation, login } = card
  return { name, email, phone, position, kind, organisation: organisation ? { name: organisation.name, inn: organisation.inn } : undefined, login: login !== '' }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** What is sent to change a person: only what differs; null takes the organisation away. */
export function patchOf(before: Values, now: Values): Schemas['PersonPatch'] {
  const patch: Schemas['PersonPatch'] = {}
  for (const name of ['name', 'email', 'phone', 'position'] as const) {
    if (text(before[name]) !== text(now[name])) patch[name] = text(now[name])
  }
  if (before.kind !== now.kind) patch.kind = now.kind === 'citizen' ? 'citizen' : 'staff'
  if ((before.login === true) !== (now.login === true)) patch.login = now.login === true
  const organisation = (values: Values) => {
    const { name, inn } = (values.organisation ?? {}) as { name?: unknown; inn?: unknown }
    return { name: text(name), inn: text(inn) }
  }
  const [was, is] = [organisation(before), organisation(now)]
  if (was.name !== is.name || was.inn !== is.inn) patch.organisation = present(is) ? is : null
  return patch
}
