import { Button, TextInput } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useForm } from '../../../form/context'
import { inputId, valueAt } from '../../../form/pointer'
import { language } from '../../../i18n'
import type { Texts } from '../data/settings'
import { moved, renamed, type Row, rowsOf } from './rows'

interface Named {
  key: string
  title: Texts
}

interface Props<T extends Named> {
  /** Where the desk's own stand in the settings. */
  pointer: string
  title: string
  hint: string
  declared: readonly T[]
  blank: T
  add: string
  /** What else there is of one that the desk added; of a declared one it is told, not asked. */
  more: (row: Row<T>, pointer: string, set: (name: string, value: unknown) => void) => ReactNode
}

/** Lines or queues: the system's can be renamed, the desk's own be added, renamed, reordered and taken away. */
export function RowEditor<T extends Named>({ pointer, title, hint, declared, blank, add, more }: Props<T>) {
  const { t } = useTranslation('admin')
  const { values, set, problem } = useForm()
  const own = (valueAt(values, pointer) as T[] | undefined) ?? []
  const rows = rowsOf(declared, own)
  const added = rows.flatMap((row) => (row.declared || row.index === undefined ? [] : [row.index]))
  const box = useRef<HTMLDivElement>(null)
  const focus = useRef<string>(undefined)
  useEffect(() => {
    if (focus.current === undefined) return
    box.current?.querySelector<HTMLElement>(focus.current)?.focus()
    focus.current = undefined
  })
  const move = (index: number, by: 1 | -1) => {
    const other = added[added.indexOf(index) + by]
    if (other === undefined) return
    focus.current = `[data-move="${other}:${by}"]`
    set(pointer, moved(own, added, index, by))
  }
  const remove = (index: number) => {
    focus.current = '[data-add]'
    set(pointer, own.filter((_, i) => i !== index))
  }
  return (
    <section className="rows" aria-labelledby={`${inputId(pointer)}-title`} id={inputId(pointer)} tabIndex={-1}>
      <h2 id={`${inputId(pointer)}-title`}>{title}</h2>
      <p className="hint">{hint}</p>
      {problem(pointer) && <p className="problem">{problem(pointer)}</p>}
      <div ref={box}>
        {rows.map((row, at) => {
          const { index, value } = row
          const spot = index === undefined ? undefined : `${pointer}/${index}`
          const name = value.title[language()] || value.key || t('lines.new')
          const rename = (speech: keyof Texts, text: string) => {
            const next = { ...value.title, [speech]: text }
            const one = declared.find((other) => other.key === value.key)
            if (row.declared && one) set(pointer, renamed(own, one, next))
            else if (spot) set(`${spot}/title`, next)
          }
          return (
            <fieldset key={row.declared ? value.key : `own-${index}`} className="rows__row" id={spot && inputId(spot)} tabIndex={-1}>
              <legend>
                {name} {row.declared && <span className="badge">{t('lines.declared')}</span>}
              </legend>
              {spot && problem(spot) && <p className="problem">{problem(spot)}</p>}
              <div className="rows__cells">
                {row.declared ? (
                  <p className="rows__key">
                    <span className="faint">{t('lines.key')}</span> <code>{value.key}</code>
                  </p>
                ) : (
                  <Cell pointer={`${spot}/key`} label={t('lines.key')} value={value.key} onChange={(text) => set(`${spot}/key`, text)} spellCheck={false} />
                )}
                {(['ru', 'en'] as const).map((speech) => (
                  <Cell key={speech} pointer={spot ? `${spot}/title/${speech}` : `${pointer}-${at}-${speech}`} label={t(`lines.title_${speech}`)} value={value.title[speech]} lang={speech} optional={speech === 'en'} onChange={(text) => rename(speech, text)} />
                ))}
              </div>
              {more(row, spot ?? '', (member, next) => spot && set(`${spot}/${member}`, next))}
              {index !== undefined && !row.declared && (
                <div className="rows__acts">
                  <Button size="compact-sm" variant="default" disabled={added[0] === index} data-move={`${index}:-1`} onClick={() => move(index, -1)} aria-label={t('lines.up', { name })}>
                    ↑
                  </Button>
                  <Button size="compact-sm" variant="default" disabled={added.at(-1) === index} data-move={`${index}:1`} onClick={() => move(index, 1)} aria-label={t('lines.down', { name })}>
                    ↓
                  </Button>
                  <Button size="compact-sm" variant="default" onClick={() => remove(index)} aria-label={t('lines.remove_it', { name })}>
                    {t('lines.remove')}
                  </Button>
                </div>
              )}
            </fieldset>
          )
        })}
        <Button
          variant="default"
          data-add
          onClick={() => {
            focus.current = `#${inputId(`${pointer}/${own.length}/key`)}`
            set(pointer, [...own, blank])
          }}
        >
          {add}
        </Button>
      </div>
    </section>
  )
}

interface CellProps {
  pointer: string
  label: string
  value: string
  lang?: string
  optional?: boolean
  spellCheck?: boolean
  onChange: (text: string) => void
}

function Cell({ pointer, label, value, lang, optional, spellCheck, onChange }: CellProps) {
  const { t } = useTranslation()
  const { problem } = useForm()
  return (
    <TextInput
      id={inputId(pointer)}
      label={
        optional ? (
          <>
            {label} <span className="optional">{t('form.optional')}</span>
          </>
        ) : (
          label
        )
      }
      lang={lang}
      spellCheck={spellCheck}
      autoComplete="off"
      error={problem(pointer)}
      value={value}
      maxLength={200}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
