import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import type { Values } from '../../../form/pointer'
import { field, inBoth } from '../../../ui/edit/build'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { changeTenant, createTenant, type Tenant } from '../data'
import { gigabytesOf, quotaOf } from './quota'

interface Props {
  /** The tenant to change; a new one without. */
  tenant?: Tenant
  onClose: () => void
  onMade?: (tenant: Tenant) => void
}

/** Adds a tenant, or changes its title and quota. */
export function TenantDialog({ tenant, onClose, onMade }: Props) {
  const { t } = useTranslation('admin')
  const slug = field('/slug', 'text', t('operator.slug'), { maxLength: 32, hint: t('operator.slug_hint') })
  const fields = [
    ...(tenant ? [] : [slug]),
    ...inBoth('/title', { ru: t('operator.title_ru'), en: t('operator.title_en') }, { maxLength: 200 }),
    field('/quota', 'number', t('operator.quota'), { required: tenant !== undefined, hint: tenant ? undefined : t('operator.quota_hint') }),
  ]
  const send = async (values: Values) => {
    const title = { ru: '', en: '', ...(values.title as object) }
    const quota = quotaOf(values.quota)
    if (tenant) await changeTenant(tenant.slug, { title, quota })
    else onMade?.(await createTenant({ slug: String(values.slug ?? ''), title, quota } satisfies Schemas['TenantBody']))
  }
  return (
    <FormDialog
      title={tenant ? t('operator.edit_tenant') : t('operator.add_tenant')}
      fields={fields}
      initial={tenant ? { title: tenant.title, quota: gigabytesOf(tenant.quota) } : {}}
      submit={tenant ? t('edit.save') : t('operator.add')}
      onSubmit={send}
      onClose={onClose}
    />
  )
}
