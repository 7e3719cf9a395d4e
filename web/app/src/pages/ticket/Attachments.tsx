import type { Schemas } from '../../api/client'
import { bytes } from '../../ui/format'

interface Props {
  tenant: string
  files: Schemas['AttachmentView'][]
}

/** Files to be downloaded. */
export function Attachments({ tenant, files }: Props) {
  return (
    <ul className="files">
      {files.map((file) => (
        <li key={file.id}>
          <a className="files__name" href={`/api/v1/t/${encodeURIComponent(tenant)}/attachments/${file.id}`} download={file.name}>
            {file.name}
          </a>
          <span className="files__size">{bytes(file.size)}</span>
        </li>
      ))}
    </ul>
  )
}
