import './files.css'

import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { bytes } from '../../../ui/format'
import { addressOf, isImage } from './files'
import { Preview } from './Preview'

/** So many files are shown at once; the others when they are asked for. */
const first = 6

/** Files with their sizes; an image is shown small, and whole in a box over the page. */
export function FileList({ tenant, files }: { tenant: string; files: Schemas['AttachmentView'][] }) {
  const { t } = useTranslation('desk')
  const [all, setAll] = useState(false)
  const [shown, setShown] = useState<string>()
  if (files.length === 0) return null
  const images = files.filter(isImage)
  const visible = all ? files : files.slice(0, first)
  return (
    <>
      <ul className="filelist" aria-label={t('files.label')}>
        {visible.map((file) => (
          <li key={file.id} data-image={isImage(file) || undefined}>
            {isImage(file) ? (
              <button type="button" className="filelist__image" onClick={() => setShown(file.id)} aria-label={t('files.look', { name: file.name })}>
                <img src={addressOf(tenant, file)} alt="" loading="lazy" />
              </button>
            ) : null}
            <a href={addressOf(tenant, file)} download={file.name} className="filelist__name">
              {file.name}
            </a>{' '}
            <span className="dim tabular">{bytes(file.size)}</span>
          </li>
        ))}
      </ul>
      {files.length > first && (
        <button type="button" className="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('files.fewer') : t('files.all', { count: files.length })}
        </button>
      )}
      {shown && <Preview tenant={tenant} images={images} at={shown} onAt={setShown} onClose={() => setShown(undefined)} />}
    </>
  )
}
