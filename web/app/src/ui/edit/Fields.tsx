import { FieldInput } from '../../form/FieldInput'
import type { FieldModel } from '../../form/model'

/** Fields one under the other. */
export function Fields({ fields }: { fields: readonly FieldModel[] }) {
  return fields.map((one) => <FieldInput key={one.pointer} field={one} />)
}
