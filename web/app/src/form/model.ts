// What a form looks like, made from the plugin's schema and ui file. Nothing here decides what is mandatory or
// allowed: that is the server's.
import type { Schemas } from '../api/client'
import type { Language } from '../i18n'
import { parts, pattern, pointerTo, present, type Values, valueAt, withValue } from './pointer'

export type Kind =
  | 'text'
  | 'textarea'
  | 'number'
  | 'email'
  | 'phone'
  | 'fio'
  | 'radio'
  | 'select'
  | 'checkboxes'
  | 'yesno'
  | 'consent'
  | 'date'
  | 'rows'
  | 'group'
  | 'readonly'

export interface Option {
  value: string
  label: string
}

export interface FieldModel {
  /** With a star for the rows of a list. */
  pointer: string
  kind: Kind
  label: string
  hint?: string
  example?: string
  options: Option[]
  minLength?: number
  maxLength?: number
  maxItems?: number
  /** Whole numbers only. */
  integer?: boolean
  /** Digits only, so that a phone shows its number pad. */
  digits?: boolean
  /** The schema's format, for autocomplete and spelling. */
  format?: string
  /** Mandatory by the schema alone; rules may ask for more. */
  required: boolean
  /** A field of each row. */
  item?: FieldModel
  /** Members of an object. */
  members?: FieldModel[]
}

export interface GroupModel {
  key: string
  title: string
  help?: string
  fields: FieldModel[]
}

export interface TextModel {
  text: string
  link?: string
}

export interface FormModel {
  key: string
  version: number
  title: string
  groups: GroupModel[]
  /** Texts by the key of the group that they follow, '' for those above the first. */
  texts: Map<string, TextModel[]>
  files?: { label?: string; hint?: string }
  fields: Map<string, FieldModel>
}

type Texts = Record<Language, string>

interface SchemaNode {
  type: string
  properties?: Record<string, SchemaNode>
  required?: string[]
  items?: SchemaNode
  maxItems?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
  enum?: (string | number)[]
  const?: unknown
  default?: unknown
  title?: string
  examples?: unknown[]
  'x-list'?: string
  'x-multiline'?: boolean
}

interface UiField {
  label: Texts
  hint?: Texts
  example?: string | Texts
  widget?: string
}

interface Ui {
  groups: { key: string; title: Texts; help?: Texts; fields: string[] }[]
  fields: Record<string, UiField>
  texts?: { after: string; text: Texts; link?: string }[]
  files?: { label?: Texts; hint?: Texts }
}

type Lists = Record<string, Schemas['KeyTitle'][]>

interface Building {
  ui: Ui
  lists: Lists
  language: Language
  fields: Map<string, FieldModel>
}

/** Makes the model of a form in a language. */
export function formModel(view: Schemas['FormView'], language: Language): FormModel {
  const root = view.schema as SchemaNode
  const ui = view.ui as Ui
  const building: Building = { ui, lists: view.lists, language, fields: new Map() }
  const texts = new Map<string, TextModel[]>()
  for (const { after, text, link } of ui.texts ?? []) {
    texts.set(after, [...(texts.get(after) ?? []), { text: text[language], link }])
  }
  return {
    key: view.key,
    version: view.version,
    title: view.title,
    groups: ui.groups.map((group) => ({
      key: group.key,
      title: group.title[language],
      help: group.help?.[language],
      fields: group.fields.flatMap((pointer) => {
        const found = nodeAt(root, pointer)
        return found ? [fieldModel(building, pointer, found.node, found.required)] : []
      }),
    })),
    texts,
    files: ui.files && { label: ui.files.label?.[language], hint: ui.files.hint?.[language] },
    fields: building.fields,
  }
}

function nodeAt(root: SchemaNode, pointer: string): { node: SchemaNode; required: boolean } | undefined {
  let node: SchemaNode | undefined = root
  let required = true
  for (const part of parts(pointer)) {
    if (part === '*') {
      node = node?.items
      continue
    }
    required = required && (node?.required?.includes(part) ?? false)
    node = node?.properties?.[part]
  }
  return node && { node, required }
}

function fieldModel(building: Building, pointer: string, node: SchemaNode, required: boolean): FieldModel {
  const ui = building.ui.fields[pointer]
  const example = ui?.example ?? node.examples?.[0]
  const field: FieldModel = {
    pointer,
    kind: kindOf(node, ui?.widget),
    label: ui?.label[building.language] ?? node.title ?? parts(pointer).at(-1) ?? pointer,
    hint: ui?.hint?.[building.language],
    example: typeof example === 'object' && example !== null ? (example as Texts)[building.language] : example === undefined ? undefined : String(example),
    options: optionsOf(building.lists, node.type === 'array' && node.items ? node.items : node),
    minLength: node.minLength,
    maxLength: node.maxLength,
    maxItems: node.maxItems,
    integer: node.type === 'integer',
    digits: node.format === 'inn' || node.format === 'ogrn' || node.format === 'ogrnip' || (node.pattern !== undefined && /^\^\[0-9\][^[]*\$$/.test(node.pattern)),
    format: node.format,
    required,
  }
  if (field.kind === 'rows' && node.items) field.item = fieldModel(building, `${pointer}/*`, node.items, true)
  if (field.kind === 'group') {
    field.members = Object.entries(node.properties ?? {}).map(([name, member]) =>
      fieldModel(building, `${pointer}/${name}`, member, node.required?.includes(name) ?? false),
    )
  }
  building.fields.set(pointer, field)
  return field
}

function kindOf(node: SchemaNode, widget: string | undefined): Kind {
  switch (node.type) {
    case 'object':
      return 'group'
    case 'array':
      return widget === 'checkboxes' || (widget !== 'rows' && node.items !== undefined && listed(node.items)) ? 'checkboxes' : 'rows'
    case 'boolean':
      return node.const === true ? 'consent' : 'yesno'
    case 'integer':
    case 'number':
      return 'number'
  }
  if (widget === 'readonly') return 'readonly'
  if (listed(node)) return widget === 'radio' ? 'radio' : 'select'
  if (node.format === 'date') return 'date'
  if (widget === 'textarea' || widget === 'email' || widget === 'phone' || widget === 'fio' || widget === 'text') return widget
  if (node.format === 'email' || node.format === 'phone' || node.format === 'fio') return node.format
  return (node['x-multiline'] ?? (!node.format && (node.maxLength ?? 0) > 500)) ? 'textarea' : 'text'
}

const listed = (node: SchemaNode) => node['x-list'] !== undefined || (node.enum !== undefined && node.type === 'string')

function optionsOf(lists: Lists, node: SchemaNode): Option[] {
  if (node['x-list'] !== undefined) return (lists[node['x-list']] ?? []).map(({ key, title }) => ({ value: key, label: title }))
  return (node.enum ?? []).map((value) => ({ value: String(value), label: String(value) }))
}

/** The values of a form that nobody has touched: the schema's defaults, then the profile's. */
export function initialValues(view: Schemas['FormView']): Values {
  let values: Values = {}
  for (const [name, node] of Object.entries((view.schema as SchemaNode).properties ?? {})) {
    if (node.default !== undefined) values = withValue(values, `/${name}`, node.default)
  }
  for (const [pointer, value] of Object.entries(view.prefill)) values = withValue(values, pointer, value)
  return values
}

/** The model of the field at a pointer with row numbers. */
export function fieldAt(model: FormModel, pointer: string): FieldModel | undefined {
  return model.fields.get(pattern(pointer))
}

/** A value as a person reads it: the titles of what was chosen, the words for yes and no. */
export function readable(field: FieldModel | undefined, value: unknown, yes: string, no: string): string {
  if (typeof value === 'boolean') return value ? yes : no
  if (Array.isArray(value)) return value.map((row) => readable(field?.item ?? field, row, yes, no)).join(field?.item ? '\n' : ', ')
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([name, member]) => readable(field?.members?.find((m) => m.pointer.endsWith(`/${name}`)), member, yes, no))
      .filter((text) => text !== '')
      .join(', ')
  }
  const text = value === undefined || value === null ? '' : String(value)
  return field?.options.find((option) => option.value === text)?.label ?? text
}

export interface Labelled {
  pointer: string
  label: string
  text: string
}

/** What stands in a form, in its order and by its labels; what the form does not have, or no longer has, stands last. */
export function labelled(model: FormModel | undefined, values: Values, yes: string, no: string): Labelled[] {
  const fields = model?.groups.flatMap((group) => group.fields) ?? []
  const own = new Set(fields.map(({ pointer }) => parts(pointer)[0]))
  const rest = Object.keys(values).filter((name) => !own.has(name))
  const rows = [...fields.map(({ pointer, label }) => ({ pointer, label })), ...rest.map((name) => ({ pointer: pointerTo(name), label: name }))]
  return rows.flatMap(({ pointer, label }) => {
    const value = valueAt(values, pointer)
    return present(value) ? [{ pointer, label, text: readable(model && fieldAt(model, pointer), value, yes, no) }] : []
  })
}
