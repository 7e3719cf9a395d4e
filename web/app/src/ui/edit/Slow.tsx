import { Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

const patience = 2000

/** Says that something is still going on, once it has taken longer than two seconds. */
export function Slow({ on, text }: { on: boolean; text?: string }) {
  const { t } = useTranslation('admin')
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    if (!on) return undefined
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [on])
  return (
    <div className="slow" role="status">
      {on && late && (
        <>
          <span>{text ?? t('edit.slow')}</span>
          <Progress value={100} striped animated size="sm" aria-hidden />
        </>
      )}
    </div>
  )
}
