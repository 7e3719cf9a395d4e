import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { ApiError } from '../../../api/problem'
import { FormContext } from '../../../form/context'
import { FieldInput } from '../../../form/FieldInput'
import type { FieldModel, FormModel } from '../../../form/model'
import { given, type Values, valueAt, withValue } from '../../../form/pointer'
import type { Piece } from './working'

/**
 * The resolution of a closing answer. The API serves no schema of it: the server's refusal names the fields, and
 * they are asked for then.
 */
export function useResolution() {
  const [values, setValues] = useState<Values>({})
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const [pointers, setPointers] = useState<string[]>([])
  return {
    values,
    pointers,
    problems,
    set: (pointer: string, value: unknown) => setValues((all) => withValue(all, pointer, value)),
    given: given(values) as Values,
    pieces: pointers.map((pointer): Piece => ({ label: labelOf(pointer), text: String(valueAt(values, pointer) ?? '') })),
    /** Takes the fields that a refusal names; false where it names none of the resolution's. */
    refused: (failure: ApiError): boolean => {
      const own = failure.errors.filter(({ pointer }) => pointer !== '' && !others.has(pointer))
      setProblems(new Map(own.map(({ pointer, message }) => [pointer, message])))
      setPointers((known) => [...known, ...own.map(({ pointer }) => pointer).filter((pointer) => !known.includes(pointer))])
      return own.length > 0 && own.length === failure.errors.length
    },
    clear: () => {
      setValues({})
      setProblems(new Map())
      setPointers([])
    },
  }
}

// Pointers of the request's own members.
const others = new Set(['/text', '/comment', '/duplicate_of', '/then', '/attachments', '/transition'])

const labelOf = (pointer: string) => pointer.slice(1)

/** The fields of the resolution that are known so far. */
export function Resolution({ resolution }: { resolution: ReturnType<typeof useResolution> }) {
  const { t } = useTranslation('desk')
  const { pointers, values, problems, set } = resolution
  if (pointers.length === 0) return null
  const fields = pointers.map((pointer): FieldModel => ({ pointer, kind: 'textarea', label: labelOf(pointer), options: [], required: true }))
  const model: FormModel = {
    key: 'resolution',
    version: 1,
    title: t('resolution.title'),
    groups: [],
    texts: new Map(),
    fields: new Map(fields.map((field) => [field.pointer, field])),
  }
  return (
    <FormContext value={{ model, values, set, problem: (pointer) => problems.get(pointer), fixed: new Set<string>() }}>
      <fieldset className="fieldset resolution">
        <legend>{t('resolution.title')}</legend>
        <p className="hint" role="alert">
          {t('resolution.needed')}
        </p>
        {fields.map((field) => (
          <FieldInput key={field.pointer} field={field} />
        ))}
      </fieldset>
    </FormContext>
  )
}
