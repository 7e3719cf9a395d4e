import { Button, Group, Modal } from '@mantine/core'
import { createContext, type KeyboardEvent, type ReactNode, useContext, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { land, standing } from './land'
import { putOnTop } from './topmost'

interface Props {
  title: string
  children: ReactNode
  onClose: () => void
  size?: string
  /** Whether something stands in the box that would be lost with it: it is closed only after a question then. */
  dirty?: boolean
  /** Whether a press beside the box closes it: only where nothing is typed in it. */
  loose?: boolean
  /** While something is being sent, the box stays. */
  busy?: boolean
  /** Left by its own button alone: without the cross, and Esc does nothing. */
  firm?: boolean
  onKeyDown?: (event: KeyboardEvent) => void
}

const Closing = createContext<() => void>(() => undefined)

/** A box over the page, there as long as it is drawn; the focus goes back to where it came from. */
export function Box({ title, children, onClose, size, dirty = false, busy = false, loose = false, firm = false, onKeyDown }: Props) {
  const { t } = useTranslation()
  const [from] = useState(standing)
  const [asking, setAsking] = useState(false)
  const stood = useRef<Element>(null)
  const stay = () => {
    setAsking(false)
    land([stood.current])
  }
  const close = () => {
    if (busy) return
    if (asking) return stay()
    if (!dirty) return onClose()
    stood.current = document.activeElement
    setAsking(true)
  }
  const leave = useRef<() => void>(undefined)
  // Before it is painted: Esc is for a box as soon as the box is seen, and no longer for the one beneath.
  useLayoutEffect(() => {
    leave.current = firm ? undefined : close
  })
  useLayoutEffect(() => {
    const takeAway = putOnTop({ leave: () => leave.current?.() })
    return () => {
      takeAway()
      land(from)
    }
  }, [from])
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={size}
      closeOnClickOutside={loose}
      closeOnEscape={false}
      withCloseButton={!firm}
      closeButtonProps={{ 'aria-label': t('close') }}
      // Where the focus goes is said above.
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      onKeyDown={onKeyDown}
    >
      <Closing value={close}>
        {children}
        {asking && (
          <div role="alert" className="unsaved">
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
      </Closing>
    </Modal>
  )
}

/** Leaves the box around it, after a question where something would be lost. */
export function Cancel() {
  const { t } = useTranslation()
  return (
    <Button variant="default" onClick={useContext(Closing)}>
      {t('cancel')}
    </Button>
  )
}
