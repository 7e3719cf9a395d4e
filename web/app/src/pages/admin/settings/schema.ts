// The form of a plugin's own settings, made from its JSON Schema.
import type { Schemas } from '../../../api/client'
import { type FieldModel, formModel, type FormModel } from '../../../form/model'
import { language } from '../../../i18n'
import { modelOf } from '../../../ui/edit/build'

interface Node {
  type?: string
  title?: string
  properties?: Record<string, Node>
  items?: Node
  writeOnly?: boolean
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** The model of the settings, with pointers that begin at `at`; the labels are the layout's where the system gives one. */
export function settingsModel(title: string, schema: unknown, at: string, layout?: unknown): FormModel {
  const root = schema as Node
  const names = Object.keys(root.properties ?? {}).map((name) => `/${escaped(name)}`)
  const view = {
    key: 'settings',
    version: 0,
    title,
    schema: root,
    ui: { groups: [{ key: 'all', title: { ru: title, en: title }, fields: names }], fields: (layout as { fields?: object } | null | undefined)?.fields ?? {} },
    lists: {},
    prefill: {},
  } as unknown as Schemas['FormView']
  return modelOf(title, (formModel(view, language()).groups[0]?.fields ?? []).map((field) => prefixed(field, at)))
}

function prefixed(field: FieldModel, at: string): FieldModel {
  return { ...field, pointer: at + field.pointer, item: field.item && prefixed(field.item, at), members: field.members?.map((member) => prefixed(member, at)) }
}

/** The pointers of what is never shown again once it was given. */
export function secretsOf(schema: unknown, at: string): Set<string> {
  const found = new Set<string>()
  const walk = (node: Node, pointer: string) => {
    if (node.writeOnly) found.add(pointer)
    for (const [name, member] of Object.entries(node.properties ?? {})) walk(member, `${pointer}/${escaped(name)}`)
  }
  walk(schema as Node, at)
  return found
}

/** Whether a secret is there, though it is not shown. */
export const isSet = (value: unknown) => value !== null && typeof value === 'object' && (value as { set?: unknown }).set === true
