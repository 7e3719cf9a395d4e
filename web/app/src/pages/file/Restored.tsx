import { Button, Group } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { instant } from '../../ui/format'

interface Props {
  at: number
  onDiscard: () => void
}

/** Says that what was typed earlier is back, and takes it away when that is confirmed. */
export function Restored({ at, onDiscard }: Props) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<boolean>()
  const ask = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asking === false) ask.current?.focus()
  }, [asking])
  const discard = () => {
    // What had the focus goes away: it goes on at the top of the form.
    document.querySelector<HTMLElement>('.page-title')?.focus()
    onDiscard()
  }
  return (
    <div className="restored" role="status">
      {asking ? (
        <>
          <span>{t('form.discard_sure')}</span>
          <Group gap="sm">
            <Button size="compact-md" color="red" onClick={discard}>
              {t('form.discard_yes')}
            </Button>
            <Button size="compact-md" variant="default" onClick={() => setAsking(false)} autoFocus>
              {t('form.discard_no')}
            </Button>
          </Group>
        </>
      ) : (
        <>
          <span>{t('form.restored', { at: instant(new Date(at).toISOString()) })}</span>
          <button type="button" className="link-button" ref={ask} onClick={() => setAsking(true)}>
            {t('form.discard')}
          </button>
        </>
      )}
    </div>
  )
}
