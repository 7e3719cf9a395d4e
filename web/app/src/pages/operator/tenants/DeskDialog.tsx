import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { present, type Values } from '../../../form/pointer'
import { language } from '../../../i18n'
import { field, inBoth } from '../../../ui/edit/build'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { createDesk, type Release } from '../data'

interface Props {
  tenant: string
  /** The active release of each system. */
  systems: Release[]
  onClose: () => void
}

/** Adds a desk of a system to a tenant. */
export function DeskDialog({ tenant, systems, onClose }: Props) {
  const { t } = useTranslation('admin')
  const optional = { required: false, maxLength: 200 }
  const fields = [
    field('/system', 'select', t('operator.choose_system'), { options: systems.map((one) => ({ value: one.system, label: `${one.title[language()]}, ${one.version}` })) }),
    field('/slug', 'text', t('operator.slug'), { maxLength: 32, hint: t('operator.slug_hint') }),
    field('/prefix', 'text', t('operator.desk_prefix'), { maxLength: 10, required: false, hint: t('operator.desk_prefix_hint') }),
    ...inBoth('/title', { ru: t('operator.title_ru'), en: t('operator.title_en') }, { ...optional, hint: t('operator.desk_title_hint') }),
  ]
  const send = ({ system, slug, prefix, title }: Values) =>
    createDesk(tenant, {
      system: String(system ?? ''),
      slug: String(slug ?? ''),
      prefix: prefix === undefined ? undefined : String(prefix),
      title: present(title) ? (title as Schemas['TextBody']) : undefined,
    })
  return <FormDialog title={t('operator.add_desk')} fields={fields} initial={{}} submit={t('operator.add')} onSubmit={send} onClose={onClose} />
}
