import { Button, Group, Radio } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { fieldAt, type FormModel, readable } from '../../form/model'
import { Box } from '../Box'
import type { Editor } from './editor'
import { type Difference, differences, merged } from './merge'

interface Props {
  editor: Editor
  /** The name of what stands at a pointer, where it is no field of the form. */
  labelOf?: (pointer: string) => string | undefined
  /** A value as a person reads it, where the form does not know it. */
  show?: (pointer: string, value: unknown) => string | undefined
}

/** Mine beside theirs after somebody else saved first; nothing is overwritten without a decision. */
export function Conflict({ editor, labelOf, show }: Props) {
  const { t } = useTranslation('admin')
  const { base, theirs, value, model } = editor
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set())
  if (!base || !theirs) return null
  const found = differences(base.value, value, theirs.value)
  const choose = (pointer: string, own: boolean) =>
    setMine((all) => {
      const next = new Set(all)
      if (own) next.add(pointer)
      else next.delete(pointer)
      return next
    })
  const nameOf = (pointer: string) => labelOf?.(pointer) ?? fieldAt(model, pointer)?.label ?? pointer
  return (
    <Box onClose={() => void editor.decide(undefined)} title={t('conflict.title')} size="xl">
      <p>{t('conflict.text')}</p>
      <ul className="conflict">
        {found.map((one) => (
          <li key={one.pointer}>
            <h3>{nameOf(one.pointer)}</h3>
            <Versions one={one} model={model} show={show} mine={mine.has(one.pointer)} onMine={(own) => choose(one.pointer, own)} name={nameOf(one.pointer)} />
          </li>
        ))}
      </ul>
      <Group mt="md">
        <Button onClick={() => void editor.decide(merged(theirs.value, found, mine))} loading={editor.busy}>
          {t('conflict.save')}
        </Button>
        <Button variant="default" onClick={() => void editor.decide(theirs.value)}>
          {t('conflict.theirs_all')}
        </Button>
        <Button variant="default" onClick={() => void editor.decide(undefined)} data-autofocus>
          {t('conflict.back')}
        </Button>
      </Group>
    </Box>
  )
}

interface VersionsProps {
  one: Difference
  model: FormModel
  show: Props['show']
  mine: boolean
  name: string
  onMine: (mine: boolean) => void
}

function Versions({ one, model, show, mine, name, onMine }: VersionsProps) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const text = (value: unknown) => show?.(one.pointer, value) ?? (readable(fieldAt(model, one.pointer), value, main('yes'), main('no')) || '—')
  if (one.by !== 'both') {
    return (
      <p>
        {t(one.by === 'me' ? 'conflict.by_me' : 'conflict.by_them')} <span className="conflict__value">{text(one.by === 'me' ? one.mine : one.theirs)}</span>
      </p>
    )
  }
  return (
    <Radio.Group value={mine ? 'mine' : 'theirs'} onChange={(chosen) => onMine(chosen === 'mine')} aria-label={name}>
      <div className="conflict__sides">
        <div>
          <Radio value="theirs" label={t('conflict.theirs')} />
          <p className="conflict__value">{text(one.theirs)}</p>
        </div>
        <div>
          <Radio value="mine" label={t('conflict.mine')} />
          <p className="conflict__value">{text(one.mine)}</p>
        </div>
      </div>
    </Radio.Group>
  )
}
