import { useTranslation } from 'react-i18next'

import type { FieldModel } from '../../../form/model'
import { field, modelOf } from '../../../ui/edit/build'
import { Fields } from '../../../ui/edit/Fields'
import type { DeskSettings } from '../data/settings'
import { SettingsPage } from './SettingsPage'

type Contact = DeskSettings['declared']['contacts'][number]

/** The addresses at which a desk is reached: those of the system's document, and what the desk says instead. */
export function Addresses() {
  const { t } = useTranslation('admin')
  const input = (contact: Contact): FieldModel[] =>
    contact.setting === undefined || contact.setting === ''
      ? []
      : [
          field(`/settings/contacts/${contact.setting}`, kinds[contact.kind] ?? 'text', contact.title, {
            required: false,
            maxLength: 500,
            format: contact.kind === 'portal' || contact.kind === 'link' ? 'uri' : undefined,
            hint: contact.value ? t('addresses.document', { value: contact.value }) : t('addresses.hidden'),
          }),
        ]
  return (
    <SettingsPage title={t('section.addresses')} intro={t('addresses.intro')} model={({ declared }) => modelOf(t('section.addresses'), declared.contacts.flatMap(input))}>
      {({ model }, { declared }) => {
        const fixed = declared.contacts.filter((contact) => !contact.setting)
        return (
          <>
            {model.fields.size === 0 && <p>{t('addresses.none')}</p>}
            <Fields fields={[...model.fields.values()]} />
            {fixed.length > 0 && (
              <section className="block">
                <h2>{t('addresses.fixed')}</h2>
                <dl className="pairs">
                  {fixed.map((contact) => (
                    <div key={contact.kind + contact.value}>
                      <dt>{contact.title}</dt>
                      <dd>{contact.value}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            )}
          </>
        )
      }}
    </SettingsPage>
  )
}

const kinds: Record<string, 'email' | 'phone' | undefined> = { mail: 'email', phone: 'phone' }
