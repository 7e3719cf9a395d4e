// The resolution of a closing answer: the fields that the desk's system asks for, wherever they are filled in.
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'

import type { ApiError } from '../../../api/problem'
import { deskQuery } from '../../../api/queries'
import { fieldAt, type FieldModel, type FormModel, formModel } from '../../../form/model'
import { given, present, type Values, valueAt, withValue } from '../../../form/pointer'
import { language } from '../../../i18n'
import type { Change, Writing } from './drafts'
import { type Piece, useWorking } from './working'

// Pointers of the request's own members.
const others = new Set(['/text', '/comment', '/duplicate_of', '/then', '/attachments', '/transition'])

export type Resolving = ReturnType<typeof useResolution>

/** The fields of a resolution and what was filled in, kept beside the answer; scope tells two forms on one page apart. */
export function useResolution(scope: 'answer' | 'move', writing: Writing, setWriting: (change: Change) => void) {
  const { tenant, ticket, seen } = useWorking()
  const desk = useQuery(deskQuery(tenant, ticket.desk))
  const view = desk.data?.resolution
  const speech = language()
  const model = useMemo(() => view && scoped(formModel(view, speech), scope), [view, speech, scope])
  const values = useMemo<Values>(() => (writing.values ? { [scope]: writing.values } : {}), [writing.values, scope])
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const fields = model?.groups.flatMap((group) => group.fields) ?? []
  return {
    model,
    /** Whether it has been read which fields there are. */
    known: !desk.isPending,
    values,
    problems,
    /** Whether anything stands in it. */
    begun: present(values[scope]),
    set: (pointer: string, value: unknown) => {
      // What was said of a field is not said of what is typed over it.
      setProblems((all) => new Map([...all].filter(([at]) => at !== pointer)))
      setWriting((was) => ({ ...was, values: withValue({ [scope]: was.values ?? {} }, pointer, value)[scope] as Values | undefined, seen: was.seen ?? seen }))
    },
    given: (given(values[scope]) ?? {}) as Values,
    pieces: fields.map((field): Piece => ({ label: field.label, text: String(valueAt(values, field.pointer) ?? '') })),
    /** Puts the problems of a refusal to their fields; the pointers of those that stand there now. */
    refused: (failure: ApiError): string[] => {
      const own = failure.errors.filter(({ pointer }) => model && !others.has(pointer) && fieldAt(model, `/${scope}${pointer}`))
      setProblems(new Map(own.map(({ pointer, message }) => [`/${scope}${pointer}`, message])))
      return own.map(({ pointer }) => pointer)
    },
    clear: () => setProblems(new Map()),
  }
}

/** A form whose pointers begin with one more member. */
function scoped(model: FormModel, scope: string): FormModel {
  const fields = new Map<string, FieldModel>()
  const move = (field: FieldModel): FieldModel => {
    const moved: FieldModel = { ...field, pointer: `/${scope}${field.pointer}`, item: field.item && move(field.item), members: field.members?.map(move) }
    fields.set(moved.pointer, moved)
    return moved
  }
  const groups = model.groups.map((group) => ({ ...group, fields: group.fields.map(move) }))
  return { ...model, groups, fields }
}
