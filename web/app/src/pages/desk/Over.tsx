import { Button, Group, Modal } from '@mantine/core'
import { createContext, type KeyboardEvent, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { land, standing } from './land'

interface Props {
  title: string
  onClose: () => void
  size?: string
  /** Whether something stands in the box that would be lost with it: it is closed only after a question then. */
  dirty?: boolean
  /** Whether a press beside the box closes it: only where nothing is typed in it. */
  loose?: boolean
  onKeyDown?: (event: KeyboardEvent) => void
  children: ReactNode
}

// The boxes over the page, the last one on top: Esc is for that one alone.
const open: { close: () => void; holds: (target: Element) => boolean }[] = []

function escape(event: globalThis.KeyboardEvent) {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return
  const top = open.at(-1)
  const over = event.target instanceof Element ? event.target.closest('[role=dialog]') : null
  // The key may be meant for a box of somebody else, such as the one for signing in.
  if (!top || (over ? !top.holds(over) : document.querySelectorAll('[role=dialog]').length > open.length)) return
  // Where a list hangs open, the key closes that list.
  if (event.target instanceof Element && event.target.getAttribute('data-mantine-stop-propagation') === 'true') return
  event.preventDefault()
  event.stopPropagation()
  top.close()
}

const Closing = createContext<() => void>(() => undefined)

/** Leaves the box around, after a question where something would be lost. */
export const useClosing = () => useContext(Closing)

/** A box over the page, there as long as it is drawn; the focus goes back to where it came from. */
export function Over({ title, onClose, size, dirty = false, loose = false, onKeyDown, children }: Props) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const [from] = useState(standing)
  const [asking, setAsking] = useState(false)
  const content = useRef<HTMLDivElement>(null)
  const stood = useRef<Element>(null)
  const stay = () => {
    setAsking(false)
    land([stood.current])
  }
  const close = () => {
    if (asking) return stay()
    if (!dirty) return onClose()
    stood.current = document.activeElement
    setAsking(true)
  }
  const latest = useRef(close)
  useEffect(() => {
    latest.current = close
  })
  useEffect(() => {
    const own = { close: () => latest.current(), holds: (target: Element) => content.current !== null && target.contains(content.current) }
    if (open.push(own) === 1) window.addEventListener('keydown', escape, { capture: true })
    return () => {
      open.splice(open.indexOf(own), 1)
      if (open.length === 0) window.removeEventListener('keydown', escape, { capture: true })
      land(from)
    }
  }, [from])
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={size}
      closeOnEscape={false}
      closeOnClickOutside={loose}
      closeButtonProps={{ 'aria-label': main('close') }}
      transitionProps={{ duration: 0 }}
      onKeyDown={onKeyDown}
    >
      <Closing value={close}>
        <div ref={content}>
          {children}
          {asking && (
            <div role="alert" className="unsent">
              <p>{t('unsaved.typed')}</p>
              <Group gap="sm">
                <Button variant="default" onClick={stay} autoFocus>
                  {t('unsaved.back')}
                </Button>
                <Button color="red" onClick={onClose}>
                  {t('unsaved.close')}
                </Button>
              </Group>
            </div>
          )}
        </div>
      </Closing>
    </Modal>
  )
}
