import { Checkbox, Group, NativeSelect, Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { isRequired, isVisible } from './check'
import { useForm } from './context'
import { Counter } from './Counter'
import type { FieldModel } from './model'
import { inputId, valueAt } from './pointer'
import { Proposal } from './Proposal'

interface Props {
  field: FieldModel
  /** With row numbers; the field's own without rows. */
  pointer?: string
}

const Rows = lazy(async () => ({ default: (await import('./Rows')).Rows }))

/** One field as the rules show it now, or nothing. */
export function FieldInput({ field, pointer = field.pointer }: Props) {
  const { check } = useForm()
  if (!isVisible(check, pointer)) return null
  return (
    <div className="field">
      <Input field={field} pointer={pointer} />
      {field.kind !== 'rows' && <Proposal field={field} pointer={pointer} />}
    </div>
  )
}

/** What every kind of input shares: label above, hint under it, then the error, then the input. */
export function useWrapper(field: FieldModel, pointer: string) {
  const { t } = useTranslation()
  const { check, problem } = useForm()
  const required = isRequired(check, pointer, field.required)
  const label: ReactNode = required ? (
    field.label
  ) : (
    <>
      {field.label} <span className="optional">{t('form.optional')}</span>
    </>
  )
  const description: ReactNode =
    field.hint || field.example ? (
      <>
        {field.hint && <span className="hint">{field.hint}</span>}
        {field.example && (
          <span className="hint hint--example">
            {t('form.example')} <span className="example">{field.example}</span>
          </span>
        )}
      </>
    ) : undefined
  return {
    id: inputId(pointer),
    label,
    description,
    error: problem(pointer),
    required,
    withAsterisk: false,
    size: 'md' as const,
    inputWrapperOrder: ['label', 'description', 'error', 'input'] as ('label' | 'description' | 'error' | 'input')[],
  }
}

function Input({ field, pointer }: Required<Props>) {
  switch (field.kind) {
    case 'rows':
      return (
        <Suspense fallback={null}>
          <Rows field={field} pointer={pointer} />
        </Suspense>
      )
    case 'group':
      return <Members field={field} pointer={pointer} />
    case 'textarea':
      return <LongText field={field} pointer={pointer} />
    case 'radio':
      return <Choice field={field} pointer={pointer} />
    case 'select':
      return <LongChoice field={field} pointer={pointer} />
    case 'checkboxes':
      return <Choices field={field} pointer={pointer} />
    case 'yesno':
      return <YesNo field={field} pointer={pointer} />
    case 'consent':
      return <Consent field={field} pointer={pointer} />
    default:
      return <Text field={field} pointer={pointer} />
  }
}

const asText = (value: unknown) => (value === undefined || value === null ? '' : String(value))

function Text({ field, pointer }: Required<Props>) {
  const { values, set, fixed } = useForm()
  const wrapper = useWrapper(field, pointer)
  const value = asText(valueAt(values, pointer))
  const readOnly = field.kind === 'readonly' && fixed.has(pointer)
  return (
    <>
      <TextInput
        {...wrapper}
        {...typing(field)}
        // What is already known is not the person's to mark.
        label={readOnly ? field.label : wrapper.label}
        description={readOnly ? field.hint : wrapper.description}
        className={widthOf(field)}
        readOnly={readOnly}
        variant={readOnly ? 'filled' : 'default'}
        value={value}
        onChange={(event) => set(pointer, textOf(field, event.currentTarget.value))}
      />
      {!readOnly && field.maxLength !== undefined && field.maxLength <= 300 && (
        <Counter length={[...value].length} limit={field.maxLength} from={0.7} />
      )}
    </>
  )
}

/** A number is kept as one where it is one; what cannot be read stays as it was typed, for the server to refuse. */
function textOf(field: FieldModel, text: string): unknown {
  if (text === '') return undefined
  // A word processor's hyphens and dashes are typed as one key is.
  if (field.kind === 'phone') return text.replace(/[\u2010-\u2014\u2212]/g, '-')
  if (field.kind !== 'number') return text
  const number = Number(text.replace(',', '.').replaceAll(/\s/g, ''))
  return Number.isFinite(number) && text.trim() !== '' && !/[.,]$/.test(text) ? number : text
}

function typing(field: FieldModel) {
  switch (field.kind) {
    case 'email':
      return { type: 'email', inputMode: 'email', autoComplete: 'email', spellCheck: false, autoCapitalize: 'none' } as const
    case 'phone':
      return { type: 'tel', inputMode: 'tel', autoComplete: 'tel', spellCheck: false } as const
    case 'fio':
      return { type: 'text', autoComplete: 'name', spellCheck: false, autoCapitalize: 'words' } as const
    case 'date':
      return { type: 'date' } as const
    case 'number':
      return { type: 'text', inputMode: field.integer ? 'numeric' : 'decimal', autoComplete: 'off' } as const
  }
  if (field.digits) return { type: 'text', inputMode: 'numeric', autoComplete: 'off', spellCheck: false } as const
  if (field.format === 'uri') return { type: 'url', inputMode: 'url', autoComplete: 'off', spellCheck: false } as const
  return { type: 'text' } as const
}

/** The width of an input tells how much is expected. */
function widthOf(field: FieldModel): string {
  if (field.kind === 'date' || field.kind === 'number') return 'w-short'
  if (field.kind === 'phone' || (field.maxLength ?? Infinity) <= 32) return 'w-medium'
  if (field.kind === 'email') return 'w-long'
  return 'w-full'
}

function LongText({ field, pointer }: Required<Props>) {
  const { values, set } = useForm()
  const wrapper = useWrapper(field, pointer)
  const value = asText(valueAt(values, pointer))
  return (
    <>
      <Textarea
        {...wrapper}
        className="w-full"
        autosize
        minRows={4}
        maxRows={24}
        value={value}
        onChange={(event) => set(pointer, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      />
      {field.maxLength !== undefined && <Counter length={[...value].length} limit={field.maxLength} from={0.5} />}
    </>
  )
}

/** What Mantine leaves unsaid of a group of radio buttons: that it is mandatory, and that it is wrong. */
function useSpoken(required: boolean, wrong: boolean) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const group = ref.current?.querySelector('[role=radiogroup]')
    group?.setAttribute('aria-required', String(required))
    group?.setAttribute('aria-invalid', String(wrong))
  })
  return ref
}

function Choice({ field, pointer }: Required<Props>) {
  const { values, set } = useForm()
  const { id, ...wrapper } = useWrapper(field, pointer)
  const ref = useSpoken(wrapper.required, Boolean(wrapper.error))
  return (
    <Radio.Group {...wrapper} ref={ref} id={`${id}-group`} value={asText(valueAt(values, pointer))} onChange={(value) => set(pointer, value)}>
      <Stack gap="xs" mt="xs">
        {field.options.map((option, i) => (
          <Radio key={option.value} id={i === 0 ? id : undefined} value={option.value} label={option.label} size="md" />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** Up to this many values the browser's own list is the easier one, above all on a phone. */
const few = 15
const SearchSelect = lazy(() => import('./SearchSelect'))

function LongChoice({ field, pointer }: Required<Props>) {
  const { t } = useTranslation()
  const { values, set } = useForm()
  const wrapper = useWrapper(field, pointer)
  const value = asText(valueAt(values, pointer))
  const plain = (
    <NativeSelect
      {...wrapper}
      className="w-select"
      data={[{ value: '', label: t('form.choose') }, ...field.options]}
      value={value}
      onChange={(event) => set(pointer, event.currentTarget.value || undefined)}
    />
  )
  if (field.options.length <= few) return plain
  return (
    <Suspense fallback={plain}>
      <SearchSelect
        {...wrapper}
        className="w-select"
        data={field.options}
        clearable={!wrapper.required}
        placeholder={t('form.choose')}
        nothingFoundMessage={t('form.nothing')}
        clearButtonProps={{ 'aria-label': t('form.clear') }}
        value={value || null}
        onChange={(chosen) => set(pointer, chosen ?? undefined)}
      />
    </Suspense>
  )
}

function Choices({ field, pointer }: Required<Props>) {
  const { values, set } = useForm()
  const { id, ...wrapper } = useWrapper(field, pointer)
  const value = valueAt(values, pointer)
  return (
    <Checkbox.Group
      {...wrapper}
      id={`${id}-group`}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(chosen) => set(pointer, chosen.length > 0 ? chosen : undefined)}
    >
      <Stack gap="xs" mt="xs">
        {field.options.map((option, i) => (
          <Checkbox key={option.value} id={i === 0 ? id : undefined} value={option.value} label={option.label} size="md" />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

function YesNo({ field, pointer }: Required<Props>) {
  const { t } = useTranslation()
  const { values, set } = useForm()
  const { id, ...wrapper } = useWrapper(field, pointer)
  const value = valueAt(values, pointer)
  const ref = useSpoken(wrapper.required, Boolean(wrapper.error))
  return (
    <Radio.Group
      {...wrapper}
      ref={ref}
      id={`${id}-group`}
      value={typeof value === 'boolean' ? String(value) : ''}
      onChange={(chosen) => set(pointer, chosen === 'true')}
    >
      <Group gap="lg" mt="xs">
        <Radio id={id} value="true" label={t('yes')} size="md" />
        <Radio value="false" label={t('no')} size="md" />
      </Group>
    </Radio.Group>
  )
}

function Consent({ field, pointer }: Required<Props>) {
  const { values, set } = useForm()
  const { inputWrapperOrder: _, withAsterisk: __, ...wrapper } = useWrapper(field, pointer)
  return (
    <Checkbox {...wrapper} checked={valueAt(values, pointer) === true} onChange={(event) => set(pointer, event.currentTarget.checked || undefined)} />
  )
}

function Members({ field, pointer }: Required<Props>) {
  return (
    <fieldset className="fieldset" id={inputId(pointer)} tabIndex={-1}>
      <legend>{field.label}</legend>
      {field.hint && <p className="hint">{field.hint}</p>}
      {field.members?.map((member) => (
        <FieldInput key={member.pointer} field={member} pointer={`${pointer}${member.pointer.slice(field.pointer.length)}`} />
      ))}
    </fieldset>
  )
}
