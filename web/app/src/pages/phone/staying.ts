import { useEffect, useRef } from 'react'

import { useAskedLogin } from '../../api/login'

/** Gives the focus back to where it was on the page when the box for signing in has gone, or to the first of what helps on. */
export function useFocusStays(fallbacks: string) {
  const last = useRef<HTMLElement>(undefined)
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target.closest('.phone')) last.current = target
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])
  const asked = useAskedLogin()
  const before = useRef(asked)
  useEffect(() => {
    const gone = before.current !== undefined && asked === undefined
    before.current = asked
    if (!gone) return
    // The box takes the focus with it as it goes, and what was asked for meanwhile may be drawn anew.
    const timer = setTimeout(() => {
      if (document.activeElement && document.activeElement !== document.body && !document.activeElement.closest('[role=dialog]')) return
      const there = last.current?.isConnected ? last.current : document.querySelector<HTMLElement>(fallbacks)
      there?.focus()
    }, 50)
    return () => clearTimeout(timer)
  }, [asked, fallbacks])
}
