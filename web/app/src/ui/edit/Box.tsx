import { Modal } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useTopmost } from './topmost'

interface Props {
  title: string
  children: ReactNode
  onClose: () => void
  size?: string
  /** Whether a press beside the box closes it; not where something is typed in it. */
  loose?: boolean
  /** Without the cross: the box is left by its own button. */
  firm?: boolean
}

/** A box over the page, there as long as it is drawn; the focus goes back to where it came from. */
export function Box({ title, children, onClose, size, loose = true, firm = false }: Props) {
  const { t } = useTranslation()
  const top = useTopmost()
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      setTimeout(() => {
        // Whoever took the focus meanwhile, such as the title of the next page, keeps it.
        if (opener instanceof HTMLElement && opener.isConnected && document.activeElement === document.body) opener.focus()
      })
    },
    [opener],
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      closeOnClickOutside={loose}
      // One press of the key closes one box.
      closeOnEscape={top}
      withCloseButton={!firm}
      closeButtonProps={{ 'aria-label': t('close') }}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  )
}
