import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import type { Schemas } from '../../api/client'
import { type Draft, type DraftPlace, dropDraft, findDraft, keepDraft, type KeptFile, newKey, touched } from '../../form/draft'
import { type FormModel, initialValues } from '../../form/model'
import { type Values, withValue } from '../../form/pointer'

const pause = 300

/** The contents of a form while it is being filled, kept on this device at every pause and when the page is left. */
export function useKept(place: DraftPlace, view: Schemas['FormView'], model: FormModel) {
  const initial = useMemo(() => initialValues(view), [view])
  const [found, setFound] = useState<Draft | undefined>(() => findDraft(place, model, Date.now()))
  const [values, setValues] = useState<Values>(found?.values ?? initial)
  const [files, setFiles] = useState<KeptFile[]>(found?.files ?? [])
  const [key, setKey] = useState(() => found?.key ?? newKey())
  const done = useRef(false)

  const save = useCallback(() => {
    if (done.current) return
    if (touched(values, files, initial)) keepDraft(place, { values, files, key }, Date.now())
    else dropDraft(place)
  }, [place, values, files, key, initial])
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
    const timer = setTimeout(save, pause)
    return () => clearTimeout(timer)
  }, [save])
  useEffect(() => {
    const leave = () => latest.current()
    window.addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [])

  return {
    values,
    files,
    key,
    /** When what was restored had been kept, until it is discarded. */
    restoredAt: found && touched(found.values, found.files, initial) ? found.savedAt : undefined,
    set: useCallback((pointer: string, value: unknown) => setValues((all) => withValue(all, pointer, value)), []),
    setValues,
    setFiles,
    /** A filing that was refused for good is over; what is corrected is another one. */
    renew: useCallback(() => setKey(newKey()), []),
    discard: () => {
      dropDraft(place)
      setFound(undefined)
      setValues(initial)
      setFiles([])
      setKey(newKey())
    },
    /** Called when the server has it all. */
    finish: () => {
      done.current = true
      dropDraft(place)
      dropDraft({ ...place, person: 'anonymous' })
    },
  }
}
