import { Button, Group } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { bytes } from '../../../ui/format'
import { Box } from '../../../ui/Box'
import { addressOf } from './files'

interface Props {
  tenant: string
  images: Schemas['AttachmentView'][]
  at: string
  onAt: (id: string) => void
  onClose: () => void
}

/** Images over the page, one at a time; arrows go from one to the next. */
export function Preview({ tenant, images, at, onAt, onClose }: Props) {
  const { t } = useTranslation('desk')
  const index = images.findIndex((one) => one.id === at)
  const image = images[index]
  if (!image) return null
  const go = (step: 1 | -1) => {
    const next = images[index + step]
    if (next) onAt(next.id)
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') go(1)
    if (event.key === 'ArrowLeft') go(-1)
  }
  return (
    <Box onClose={onClose} title={image.name} size="90vw" loose onKeyDown={keys}>
      <div className="lookat">
        <img src={addressOf(tenant, image)} alt={image.name} />
      </div>
      <Group mt="sm" gap="sm">
        {images.length > 1 && (
          <>
            <Button variant="default" disabled={index === 0} onClick={() => go(-1)}>
              {t('files.previous')}
            </Button>
            <Button variant="default" disabled={index === images.length - 1} onClick={() => go(1)}>
              {t('files.next')}
            </Button>
            <span role="status">{t('files.position', { at: index + 1, of: images.length })}</span>
          </>
        )}
        <a href={addressOf(tenant, image)} download={image.name}>
          {t('files.download', { size: bytes(image.size) })}
        </a>
      </Group>
    </Box>
  )
}
