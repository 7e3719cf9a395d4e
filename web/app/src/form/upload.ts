import { language } from '../i18n'
import { askLogin } from '../api/login'
import { ApiError } from '../api/problem'
import { noteAnswer } from '../api/connection'
import type { Schemas } from '../api/client'

interface Upload {
  tenant: string
  desk: string
  file: File
  onProgress: (share: number) => void
  signal: AbortSignal
}

/** Sends one file; progress is what fetch cannot tell. Where the session has ended it waits for a new one. */
export async function upload(sent: Upload): Promise<Schemas['AttachmentView']> {
  try {
    return await send(sent)
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err
    if ((await askLogin(sent.tenant)) !== 'same') throw err
    return send(sent)
  }
}

function send({ tenant, desk, file, onProgress, signal }: Upload): Promise<Schemas['AttachmentView']> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/t/${encodeURIComponent(tenant)}/desks/${encodeURIComponent(desk)}/attachments`)
    request.setRequestHeader('Accept-Language', language())
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      noteAnswer(request.status)
      const body = parsed(request.responseText)
      if (request.status === 201) resolve(body as Schemas['AttachmentView'])
      else reject(new ApiError(request.status, body !== null && typeof body === 'object' ? body : {}))
    }
    request.onerror = () => {
      noteAnswer(0)
      reject(new ApiError(0, {}))
    }
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
