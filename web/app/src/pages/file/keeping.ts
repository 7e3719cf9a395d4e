import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import type { Schemas } from '../../api/client'
import { anonymous, digest, type DraftPlace, findDrafts, type Found, type KeptFile, keeps, newKey, sentAs, sentName, slotOf, touched } from '../../form/draft'
import { Keeper } from '../../form/keeper'
import { type FormModel, initialValues } from '../../form/model'
import { cleaned, present, type Values, valueAt, withValue } from '../../form/pointer'

const pause = 300

/** The contents of a form while it is being filled, kept on this device at every pause and when the page is left. */
export function useKept(place: DraftPlace, view: Schemas['FormView'], model: FormModel) {
  const initial = useMemo(() => initialValues(view), [view])
  const [begun] = useState(() => {
    const all = findDrafts(place, model, Date.now())
    const slot = slotOf(place)
    // A tab goes on with its own draft; one that has none yet takes the latest.
    const found = slot === undefined ? all[0] : all.find((one) => (one.place.slot ?? '') === slot)
    const contents = { values: found ? withKnown(found.values, view, model) : initial, files: found?.files ?? [], key: found?.key ?? newKey() }
    return { found, contents, keeper: new Keeper(place, initial, contents, found), lasting: keeps() }
  })
  const { keeper } = begun
  const [found, setFound] = useState(begun.found)
  const [values, setAll] = useState<Values>(begun.contents.values)
  const [files, setFiles] = useState<KeptFile[]>(begun.contents.files)
  const [key, setKey] = useState(begun.contents.key)
  const [sentElsewhere, setSentElsewhere] = useState(false)
  const look = useCallback(
    () =>
      [...findDrafts(place, model, Date.now()), ...(place.person === anonymous ? [] : findDrafts({ ...place, person: anonymous }, model, Date.now()))].filter(
        (one) => !keeper.holds(one) && touched(one.values, one.files, initial),
      ),
    [place, model, keeper, initial],
  )
  const [others, setOthers] = useState(look)
  const contents = useMemo(() => ({ values, files, key }), [values, files, key])

  const save = useCallback(() => setKey(keeper.save(contents, Date.now())), [keeper, contents])
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

  const begin = useCallback(
    (next: { values: Values; files: KeptFile[]; key: string }) => {
      setFound(undefined)
      setAll(next.values)
      setFiles(next.files)
      setKey(next.key)
    },
    [],
  )
  const restart = useCallback(() => {
    const next = { values: initial, files: [], key: newKey() }
    keeper.restart(next)
    begin(next)
  }, [keeper, begin, initial])
  // What another tab has sent is not to be sent from here: what was added here since is a filing of its own.
  useEffect(() => {
    const heard = (event: Event) => {
      const sent = event instanceof StorageEvent && event.key !== sentName(contents.key) ? undefined : sentAs(contents.key)
      if (sent === undefined || keeper.done) return
      if (sent !== digest(contents)) return setKey(newKey())
      setSentElsewhere(true)
      restart()
    }
    window.addEventListener('storage', heard)
    window.addEventListener('pageshow', heard)
    return () => {
      window.removeEventListener('storage', heard)
      window.removeEventListener('pageshow', heard)
    }
  }, [keeper, contents, restart])

  return {
    values,
    files,
    key,
    /** When what was restored had been kept, until it is discarded. */
    restoredAt: found && touched(found.values, found.files, initial) ? found.savedAt : undefined,
    /** Other drafts of this form: of other tabs, or from before signing in. */
    others,
    /** Whether this device keeps what is typed. */
    lasting: begun.lasting,
    /** Whether what stood here was sent from another tab. */
    sentElsewhere,
    set: useCallback((pointer: string, value: unknown) => setAll((all) => withValue(all, pointer, cleaned(value))), []),
    setValues: setAll,
    setFiles,
    /** A filing that was refused for good is over; what is corrected is another one. */
    renew: useCallback(() => setKey(newKey()), []),
    /** Goes on with another draft; what stands here is kept beside it. */
    take: (other: Found) => {
      keeper.save(contents, Date.now())
      const next = { values: withKnown(other.values, view, model), files: other.files, key: other.place.person === place.person ? other.key : newKey() }
      keeper.take(place, other, next)
      begin(next)
      setFound(other)
      setOthers(look)
    },
    discard: () => {
      keeper.drop()
      restart()
      setOthers(look)
    },
    /** Called when the server has it all. */
    finish: () => keeper.finish(contents, Date.now()),
  }
}

/** Values in which nothing that was kept stands over what the profile says and nobody may change. */
function withKnown(values: Values, view: Schemas['FormView'], model: FormModel): Values {
  let known = values
  for (const [pointer, value] of Object.entries(view.prefill)) {
    if (model.fields.get(pointer)?.kind === 'readonly' && present(value) && valueAt(values, pointer) !== value) known = withValue(known, pointer, value)
  }
  return known
}
