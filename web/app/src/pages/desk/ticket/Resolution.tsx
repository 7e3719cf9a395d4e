import { useTranslation } from 'react-i18next'

import { FormContext } from '../../../form/context'
import { FieldInput } from '../../../form/FieldInput'
import type { Resolving } from './resolving'

const nothing = new Set<string>()

/** The form of a resolution, as the system declares it. */
export function Resolution({ resolution }: { resolution: Resolving }) {
  const { t } = useTranslation('desk')
  const { model, values, problems, set } = resolution
  if (!model) return null
  return (
    <FormContext value={{ model, values, set, problem: (pointer) => problems.get(pointer), fixed: nothing }}>
      <fieldset className="fieldset resolution">
        <legend>{t('resolution.title')}</legend>
        {model.groups.map((group) => (
          <div key={group.key}>
            <p className="hint">{group.help ?? t('resolution.needed')}</p>
            {group.fields.map((field) => (
              <FieldInput key={field.pointer} field={field} />
            ))}
          </div>
        ))}
      </fieldset>
    </FormContext>
  )
}
