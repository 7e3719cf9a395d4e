import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import type { Values } from '../../../form/pointer'
import { language } from '../../../i18n'
import { field } from '../../../ui/edit/build'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { createPerson, type Tenant } from '../data'

interface Props {
  tenant: Tenant
  onClose: () => void
  onMade: (card: Schemas['PersonCard']) => void
}

/** Adds somebody who administers a desk, who then adds the others. */
export function AdministratorDialog({ tenant, onClose, onMade }: Props) {
  const { t } = useTranslation('admin')
  const fields = [
    field('/name', 'fio', t('operator.admin_name'), { maxLength: 200 }),
    field('/email', 'email', t('operator.admin_email'), { maxLength: 254 }),
    field('/desk', 'radio', t('operator.admin_desk'), { options: tenant.desks.map((desk) => ({ value: desk.slug, label: desk.title[language()] })) }),
  ]
  const send = async ({ name, email, desk }: Values) =>
    onMade(await createPerson(tenant.slug, { name: String(name ?? ''), email: String(email ?? ''), desk: desk === undefined ? undefined : String(desk), administrator: true }))
  return (
    <FormDialog
      title={t('operator.add_admin')}
      fields={fields}
      initial={{ desk: tenant.desks[0]?.slug }}
      submit={t('operator.add')}
      hint={<p className="hint">{t('operator.admin_text')}</p>}
      onSubmit={send}
      onClose={onClose}
    />
  )
}
