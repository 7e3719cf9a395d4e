// What sending a form would lead to, as far as the rules have spoken.
import type { Schemas } from '../api/client'
import { type Check, isVisible } from './check'
import type { FieldModel, FormModel } from './model'
import { present, type Values, valueAt } from './pointer'
import { placed } from './problems'

/** Fields that keep the form from being sent, in its order, each once. */
export function unfinished(model: FormModel, check: Check): FieldModel[] {
  const fields = model.groups.flatMap((group) => group.fields)
  const found = placed(model, check.problems).flatMap(({ at }) => fields.filter(({ pointer }) => at === pointer || at.startsWith(`${pointer}/`)))
  return [...new Set(found)]
}

/** Fields that one answer of the rules shows and another does not. */
export function difference(model: FormModel, shown: Check, than: Check): FieldModel[] {
  return model.groups.flatMap((group) => group.fields).filter(({ pointer }) => isVisible(shown, pointer) && !isVisible(than, pointer))
}

/** Names for a sentence, the first few of them. */
export function named(fields: FieldModel[], more: (count: number) => string, most = 4): string {
  const names = fields.slice(0, most).map(({ label }) => `«${label}»`).join(', ')
  return fields.length > most ? `${names} ${more(fields.length - most)}` : names
}

/** Where letters go, as the server sends them: to the address in the field that the form declares for it, else to the person's own. */
export function answerTo(view: Pick<Schemas['FormView'], 'person'>, fields: Values, own: string | undefined): string | undefined {
  const typed = view.person?.email && valueAt(fields, view.person.email)
  return present(typed) ? String(typed).trim() : own || undefined
}
