import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  /** What the table is called, or the id of the heading that calls it so. */
  name?: string
  heading?: string
  children: ReactNode
}

/** A table that may be wider than the screen: it scrolls by itself then, and says that it does. */
export function Wide({ name, heading, children }: Props) {
  const { t } = useTranslation('admin')
  const box = useRef<HTMLDivElement>(null)
  const [wider, setWider] = useState(false)
  useEffect(() => {
    const at = box.current
    if (!at) return undefined
    const watch = new ResizeObserver(() => setWider(at.scrollWidth > at.clientWidth + 1))
    watch.observe(at)
    for (const inner of at.children) watch.observe(inner)
    return () => watch.disconnect()
  }, [])
  return (
    <>
      {wider && <p className="hint wide__hint">{t('edit.scroll')} <span aria-hidden>→</span></p>}
      <div ref={box} className="scroll-x" data-wider={wider || undefined} role="region" tabIndex={0} aria-label={name} aria-labelledby={heading}>
        {children}
      </div>
    </>
  )
}
