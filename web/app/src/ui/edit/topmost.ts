// Which of the boxes that lie over each other is the one on top.
import { useEffect, useState, useSyncExternalStore } from 'react'

import { useAskedLogin } from '../../api/login'

let open: readonly symbol[] = []
const listeners = new Set<() => void>()

function put(next: readonly symbol[]) {
  open = next
  for (const listen of listeners) listen()
}

const subscribe = (listen: () => void) => {
  listeners.add(listen)
  return () => void listeners.delete(listen)
}

/** Whether nothing lies over this box, neither another one nor the sign-in: a key that closes is for it alone. */
export function useTopmost(): boolean {
  const [own] = useState(() => Symbol('box'))
  useEffect(() => {
    put([...open, own])
    return () => put(open.filter((one) => one !== own))
  }, [own])
  const top = useSyncExternalStore(subscribe, () => open.at(-1) === own)
  return useAskedLogin() === undefined && top
}
