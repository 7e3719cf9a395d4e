import { Button, CloseButton, Input, TextInput } from '@mantine/core'
import { type ClipboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from './context'
import { FieldInput, useWrapper } from './FieldInput'
import type { FieldModel } from './model'
import { inputId, present, valueAt } from './pointer'
import { Proposal } from './Proposal'
import { rowsOf } from './split'

interface Props {
  field: FieldModel
  pointer: string
}

/** A list of rows, of texts or of several fields each; one empty row stands ready. */
export function Rows({ field, pointer }: Props) {
  const { t } = useTranslation()
  const { values, set } = useForm()
  const wrapper = useWrapper(field, pointer)
  const kept = valueAt(values, pointer)
  const rows: unknown[] = Array.isArray(kept) && kept.length > 0 ? kept : [undefined]
  const item = field.item
  const box = useRef<HTMLFieldSetElement>(null)
  const focusRow = useRef<number>(undefined)
  useEffect(() => {
    if (focusRow.current === undefined) return
    box.current?.querySelectorAll<HTMLElement>('.row')[focusRow.current]?.querySelector<HTMLElement>('input, textarea')?.focus()
    focusRow.current = undefined
  })
  const replace = (next: unknown[]) => set(pointer, next.length > 0 ? next : undefined)
  const add = () => {
    focusRow.current = rows.length
    replace([...rows.map((row) => row ?? blankOf(item)), blankOf(item)])
  }
  const remove = (index: number) => {
    focusRow.current = Math.max(0, index - 1)
    replace(rows.filter((_, i) => i !== index))
  }
  const full = field.maxItems !== undefined && rows.length >= field.maxItems
  const describedBy = [wrapper.description && `${wrapper.id}-hint`, wrapper.error && `${wrapper.id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset className="fieldset" ref={box} id={`${wrapper.id}-rows`} tabIndex={-1} aria-describedby={describedBy || undefined}>
      <legend>{wrapper.label}</legend>
      {wrapper.description && (
        <Input.Description id={`${wrapper.id}-hint`} size="md">
          {wrapper.description}
        </Input.Description>
      )}
      {wrapper.error && (
        <Input.Error id={`${wrapper.id}-error`} size="md">
          {wrapper.error}
        </Input.Error>
      )}
      <Proposal field={field} pointer={pointer} />
      {rows.map((_, index) => (
        <div className={item?.kind === 'group' ? 'row row--group' : 'row'} key={index}>
          {item?.kind === 'group' ? (
            <div className="row__fields" role="group" aria-label={t('form.row', { number: index + 1 })}>
              {item.members?.map((member) => (
                <FieldInput key={member.pointer} field={member} pointer={`${pointer}/${index}${member.pointer.slice(item.pointer.length)}`} />
              ))}
            </div>
          ) : (
            <RowText
              field={field}
              pointer={pointer}
              index={index}
              rows={rows}
              onMany={(row) => {
                focusRow.current = row
              }}
            />
          )}
          {rows.length > 1 && <CloseButton size="lg" aria-label={t('form.remove', { name: field.label, number: index + 1 })} onClick={() => remove(index)} />}
        </div>
      ))}
      {!full && (
        <Button variant="default" size="sm" onClick={add}>
          <span aria-hidden>+&nbsp;</span>
          {t('form.more')}
        </Button>
      )}
    </fieldset>
  )
}

const blankOf = (item: FieldModel | undefined) => (item?.kind === 'group' ? {} : '')

function RowText({ field, pointer, index, rows, onMany }: Props & { index: number; rows: unknown[]; onMany: (row: number) => void }) {
  const { t } = useTranslation()
  const { set, problem } = useForm()
  // What is wrong with the whole list, its text above, is that nothing stands here.
  const missing = !present(rows[index]) && Boolean(problem(pointer))
  const at = `${pointer}/${index}`
  const limit = field.item?.maxLength ?? 0
  const enter = (text: string) => {
    const own = rowsOf(field.item, text)
    if (own.length > 1) onMany(index + own.length - 1)
    set(pointer, rows.length === 1 && own.length === 1 && own[0] === '' ? undefined : rows.flatMap((row, i) => (i === index ? own : [row ?? ''])))
  }
  // An input of one line would run several lines together.
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData('text/plain').trim()
    if (!/[\r\n]/.test(text)) return
    event.preventDefault()
    const { value, selectionStart, selectionEnd } = event.currentTarget
    enter(value.slice(0, selectionStart ?? value.length) + text + value.slice(selectionEnd ?? value.length))
  }
  return (
    <TextInput
      // The link of a problem with the list as a whole leads to its first row.
      id={index === 0 ? inputId(pointer) : inputId(at)}
      aria-label={t('form.row_of', { name: field.label, number: index + 1 })}
      className={limit > 0 && limit <= 32 ? 'w-medium' : 'w-full'}
      size="md"
      error={problem(at) ?? missing}
      inputWrapperOrder={['label', 'description', 'error', 'input']}
      inputMode={field.item?.digits ? 'numeric' : undefined}
      autoComplete="off"
      spellCheck={field.item?.digits ? false : undefined}
      value={String(rows[index] ?? '')}
      onPaste={paste}
      onChange={(event) => enter(event.currentTarget.value)}
    />
  )
}
