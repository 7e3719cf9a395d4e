import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label, size = 'sm' }: { text: string; label?: string; size?: 'sm' | 'compact-md' }) {
  const { t } = useTranslation('admin')
  const [said, setSaid] = useState<'done' | 'failed'>()
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('done'),
      () => setSaid('failed'),
    )
  }
  return (
    <>
      <Button variant="default" size={size} onClick={copy}>
        {label ?? t('edit.copy')}
      </Button>
      <span role="status">{said === 'done' ? t('edit.copied') : said === 'failed' ? t('edit.copy_failed') : ''}</span>
    </>
  )
}
