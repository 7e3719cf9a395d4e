import type { Schemas } from '../../../api/client'

const images = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Whether a file can be looked at on the page. */
export const isImage = (file: Schemas['AttachmentView']) => images.has(file.content_type ?? '')

/** Where a file is read. */
export const addressOf = (tenant: string, file: Schemas['AttachmentView']) => `/api/v1/t/${encodeURIComponent(tenant)}/attachments/${encodeURIComponent(file.id)}`
