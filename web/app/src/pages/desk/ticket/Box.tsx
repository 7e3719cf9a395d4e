import { Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { formQuery } from '../../../api/queries'
import { Files } from '../../../form/Files'
import { blank, type Change, type Writing } from './drafts'
import { blanksOf, fill, insert } from './fill'
import { Templates } from './Templates'
import { useWorking } from './working'

export interface BoxProps {
  writing: Writing
  setWriting: (change: Change) => void
}

interface Props extends BoxProps {
  label: string
  kind: 'public' | 'internal'
  /** Why the text was not taken. */
  problem?: string
}

/** The text, its templates and its files. */
export function Box({ label, kind, problem, writing, setWriting }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work, me, seen, typing } = useWorking()
  const form = useQuery({ ...formQuery(tenant, ticket.desk, ticket.form), refetchOnWindowFocus: false })
  const area = useRef<HTMLTextAreaElement>(null)
  const place = { ticket, me, desk: work.desk }
  // The first letter fixes what the writer has seen: what others do after it is told before sending.
  const begun = (was: Writing) => (blank(was) ? seen : (was.seen ?? seen))
  const write = (text: string, then?: string) => {
    typing()
    setWriting((was) => ({ ...was, text, then: text === '' ? undefined : (then ?? was.then), seen: begun(was) }))
  }
  const take = (template: Schemas['TemplateView']) => {
    const box = area.current
    if (!box) return
    const put = insert(box.value, fill(template.text, place), box.selectionStart, box.selectionEnd)
    write(put.text, template.transition)
    const blanks = blanksOf(template.text, place)
    setWriting((was) => ({ ...was, blanks: [...new Set([...(was.blanks ?? []), ...blanks])] }))
    // The first place that the ticket has no value for is marked, to be typed over.
    const gap = blanks[0] ? put.text.indexOf(blanks[0]) : -1
    requestAnimationFrame(() => {
      box.focus()
      if (gap >= 0) box.setSelectionRange(gap, gap + (blanks[0]?.length ?? 0))
      else box.setSelectionRange(put.at, put.at)
    })
  }
  return (
    <>
      <Textarea
        ref={area}
        label={label}
        autosize
        minRows={4}
        maxRows={30}
        maxLength={20_000}
        value={writing.text}
        error={problem}
        inputWrapperOrder={['label', 'description', 'error', 'input']}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Templates kind={kind} area={area} onTake={take} />
      {form.data && (
        <details className="composer__files" open={writing.files.length > 0 || undefined}>
          <summary>{writing.files.length > 0 ? t('composer.files_some', { count: writing.files.length }) : t('composer.files')}</summary>
          <Files
            tenant={tenant}
            desk={ticket.desk}
            limits={form.data.limits}
            files={writing.files}
            onChange={(change) => setWriting((was) => ({ ...was, files: change(was.files), seen: begun(was) }))}
          />
        </details>
      )}
    </>
  )
}
