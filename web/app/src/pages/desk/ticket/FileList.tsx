import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { bytes } from '../../../ui/format'

const images = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Files with their sizes; an image is shown small, and whole when it is opened. */
export function FileList({ tenant, files }: { tenant: string; files: Schemas['AttachmentView'][] }) {
  const { t } = useTranslation('desk')
  if (files.length === 0) return null
  return (
    <ul className="filelist" aria-label={t('files.label')}>
      {files.map((file) => {
        const address = `/api/v1/t/${encodeURIComponent(tenant)}/attachments/${encodeURIComponent(file.id)}`
        const shown = images.has(file.content_type ?? '')
        return (
          <li key={file.id}>
            <a href={address} target="_blank" rel="noopener noreferrer" download={shown ? undefined : file.name}>
              {shown && <img src={address} alt="" loading="lazy" />}
              <span>{file.name}</span>
            </a>{' '}
            <span className="dim tabular">{bytes(file.size)}</span>
          </li>
        )
      })}
    </ul>
  )
}
