import { Checkbox, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useForm } from '../../../form/context'
import { fieldAt, type FieldModel } from '../../../form/model'
import { inputId, type Values, valueAt } from '../../../form/pointer'
import { language } from '../../../i18n'
import { field, modelOf } from '../../../ui/edit/build'
import type { DeskSettings, Line, Queue } from '../data/settings'
import { RowEditor } from './RowEditor'
import { numberOf, rowsOf } from './rows'
import { SettingsPage } from './SettingsPage'

const lines = '/settings/lines'
const queues = '/settings/queues'

const blankLine: Line = { key: '', title: { ru: '', en: '' }, help: { ru: '', en: '' }, talks: true, closes: true, hands_to: [], sees: 'desk' }

/** A desk's lines of support and its queues. */
export function Lines() {
  const { t } = useTranslation('admin')
  const cells = (pointer: string, label: string): FieldModel[] => [
    field(pointer, 'rows', label),
    field(`${pointer}/*`, 'group', label),
    field(`${pointer}/*/key`, 'text', t('lines.key')),
    field(`${pointer}/*/title/ru`, 'text', t('lines.title_ru')),
    field(`${pointer}/*/title/en`, 'text', t('lines.title_en')),
  ]
  const model = () =>
    modelOf(t('section.lines'), [
      ...cells(lines, t('lines.lines')),
      field(`${lines}/*/sees`, 'radio', t('lines.sees')),
      field(`${lines}/*/hands_to`, 'checkboxes', t('lines.hands_to')),
      ...cells(queues, t('lines.queues')),
      field(`${queues}/*/line`, 'select', t('lines.line')),
    ])
  // A row is told by the number under which it is seen: the system's stand before the desk's own.
  const labelOf = (pointer: string, value: Values, settings: DeskSettings) => {
    const [, list, index] = /^(\/settings\/(?:lines|queues))\/(\d+)/.exec(pointer) ?? []
    if (list === undefined || index === undefined) return undefined
    const own = (valueAt(value, list) as Queue[] | undefined) ?? []
    const number = numberOf(list === lines ? settings.declared.lines : settings.declared.queues, own, Number(index))
    const of = list === lines ? t('lines.lines') : t('lines.queues')
    const label = fieldAt(model(), pointer)?.label
    return [of, number, label === of ? undefined : label].filter((part) => part !== undefined).join(', ')
  }
  return (
    <SettingsPage title={t('section.lines')} intro={t('lines.intro')} model={model} labelOf={labelOf}>
      {(_, settings) => <Both settings={settings} />}
    </SettingsPage>
  )
}

function Both({ settings: { declared } }: { settings: DeskSettings }) {
  const { t } = useTranslation('admin')
  const { values } = useForm()
  const all = allLines(declared.lines, values)
  return (
    <>
      <RowEditor
        pointer={lines}
        title={t('lines.lines')}
        hint={t('lines.lines_hint')}
        declared={declared.lines}
        blank={blankLine}
        add={t('lines.add_line')}
        more={(row, spot, set) => (row.declared ? <Duties line={row.value} all={all} /> : <Powers line={row.value} spot={spot} all={all} set={set} />)}
      />
      <RowEditor
        pointer={queues}
        title={t('lines.queues')}
        hint={t('lines.queues_hint')}
        declared={declared.queues}
        blank={{ key: '', title: { ru: '', en: '' }, line: declared.lines[0]?.key ?? '' }}
        add={t('lines.add_queue')}
        more={(row, spot, set) => (row.declared ? <Serves queue={row.value} all={all} /> : <Server queue={row.value} spot={spot} all={all} set={set} />)}
      />
    </>
  )
}

const allLines = (declared: readonly Line[], values: Values) => rowsOf(declared, (valueAt(values, lines) as Line[] | undefined) ?? []).map((row) => row.value)
const titleOf = (line: Line) => line.title[language()] || line.key

/** What a line of the system may do, in words. */
function Duties({ line, all }: { line: Line; all: Line[] }) {
  const { t } = useTranslation('admin')
  const to = all.filter((other) => line.hands_to.includes(other.key)).map(titleOf)
  const duties = [
    line.talks ? t('lines.talks') : t('lines.talks_not'),
    line.closes ? t('lines.closes') : t('lines.closes_not'),
    line.sees === 'handed' ? t('lines.sees_handed') : t('lines.sees_desk'),
    to.length > 0 ? t('lines.hands', { lines: to.join(', ') }) : t('lines.hands_nobody'),
  ]
  return <p className="rows__facts">{duties.join('. ')}.</p>
}

interface Setting<T> {
  spot: string
  all: Line[]
  set: (member: keyof T & string, value: unknown) => void
}

/** What a line that the desk added may do. */
function Powers({ line, spot, all, set }: Setting<Line> & { line: Line }) {
  const { t } = useTranslation('admin')
  const { problem } = useForm()
  const others = all.filter((other) => other.key !== '' && other.key !== line.key)
  return (
    <div className="rows__more">
      <Checkbox label={t('lines.talks')} checked={line.talks} onChange={(event) => set('talks', event.currentTarget.checked)} />
      <Checkbox label={t('lines.closes')} checked={line.closes} onChange={(event) => set('closes', event.currentTarget.checked)} />
      <NativeSelect
        id={inputId(`${spot}/sees`)}
        label={t('lines.sees')}
        error={problem(`${spot}/sees`)}
        value={line.sees}
        onChange={(event) => set('sees', event.currentTarget.value)}
        data={[
          { value: 'desk', label: t('lines.sees_desk') },
          { value: 'handed', label: t('lines.sees_handed') },
        ]}
      />
      <Checkbox.Group label={t('lines.hands_to')} error={problem(`${spot}/hands_to`)} value={line.hands_to} onChange={(to) => set('hands_to', to)}>
        <div className="rows__choices">
          {others.map((other, i) => (
            <Checkbox key={other.key} id={i === 0 ? inputId(`${spot}/hands_to`) : undefined} value={other.key} label={titleOf(other)} />
          ))}
        </div>
      </Checkbox.Group>
    </div>
  )
}

function Serves({ queue, all }: { queue: Queue; all: Line[] }) {
  const { t } = useTranslation('admin')
  const line = all.find((one) => one.key === queue.line)
  return <p className="rows__facts">{t('lines.served', { line: line ? titleOf(line) : queue.line })}</p>
}

function Server({ queue, spot, all, set }: Setting<Queue> & { queue: Queue }) {
  const { t } = useTranslation('admin')
  const { problem } = useForm()
  return (
    <NativeSelect
      id={inputId(`${spot}/line`)}
      className="rows__more"
      label={t('lines.line')}
      error={problem(`${spot}/line`)}
      value={queue.line}
      onChange={(event) => set('line', event.currentTarget.value)}
      data={all.filter((line) => line.key !== '').map((line) => ({ value: line.key, label: titleOf(line) }))}
    />
  )
}
