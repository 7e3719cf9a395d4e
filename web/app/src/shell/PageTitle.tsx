import { Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'

// The page that the person came in by is read from its top; on later ones the focus goes to the title.
let navigated = false

interface Props {
  children: ReactNode
  /** The title of the window, where the heading is no plain text. */
  text?: string
}

/** The one h1 of a page: names the window, and takes the focus after a navigation. */
export function PageTitle({ children, text }: Props) {
  const ref = useRef<HTMLHeadingElement>(null)
  const name = text ?? (typeof children === 'string' ? children : '')
  useEffect(() => {
    document.title = name ? `${name} · Опора` : 'Опора'
  }, [name])
  useEffect(() => {
    if (navigated) ref.current?.focus({ preventScroll: true })
    navigated = true
  }, [])
  return (
    <Title order={1} size="h2" ref={ref} tabIndex={-1} className="page-title">
      {children}
    </Title>
  )
}
