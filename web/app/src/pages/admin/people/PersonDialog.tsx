import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { type Card, changePerson, createPerson } from '../data/people'
import { useAdmin } from '../place'
import { patchOf, profileFields, profileOf } from './profile'

interface Props {
  /** The person to change; a new one without. */
  card?: Card
  onClose: () => void
  onMade?: (card: Card) => void
}

/** Adds a person, or changes a profile. */
export function PersonDialog({ card, onClose, onMade }: Props) {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const initial = card ? profileOf(card) : { kind: 'staff', login: true }
  return (
    <FormDialog
      title={card ? t('people.edit') : t('people.add')}
      fields={(values) => profileFields(t, values)}
      initial={initial}
      submit={card ? t('edit.save') : t('people.create')}
      hint={card ? undefined : <p className="hint">{t('people.password_hint')}</p>}
      onSubmit={async (values) => {
        if (card) await changePerson(tenant, card.id, patchOf(initial, values))
        // The server says what is missing.
        else onMade?.(await createPerson(tenant, { name: '', ...values } as Schemas['PersonBody']))
      }}
      onClose={onClose}
    />
  )
}
