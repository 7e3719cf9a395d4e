import { Button, type ButtonProps, Loader } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props extends ButtonProps {
  /** What it began is on its way. */
  busy: boolean
  children: ReactNode
}

/** The button that sends a form. While it is busy it keeps the focus, which a disabled button would lose. */
export function SendButton({ busy, children, ...rest }: Props) {
  return (
    <Button
      type="submit"
      aria-disabled={busy || undefined}
      leftSection={busy ? <Loader size="1em" color="currentColor" aria-hidden /> : undefined}
      onClick={(event) => busy && event.preventDefault()}
      {...rest}
    >
      {children}
    </Button>
  )
}
