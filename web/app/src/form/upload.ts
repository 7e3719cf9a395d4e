import { language } from '../i18n'
import { askLogin } from '../api/login'
import { ApiError } from '../api/problem'
import { noteAnswer } from '../api/connection'
import { api, ask, type Schemas } from '../api/client'

interface Upload {
  tenant: string
  file: File
  onProgress: (share: number) => void
  signal: AbortSignal
}

/** Sends one file to a desk; where the session has ended it waits for a new one. */
export async function upload(sent: Upload & { desk: string }): Promise<Schemas['AttachmentView']> {
  const form = new FormData()
  form.append('file', sent.file)
  const path = `/api/v1/t/${encodeURIComponent(sent.tenant)}/desks/${encodeURIComponent(sent.desk)}/attachments`
  try {
    return await send('POST', path, form, sent)
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err
    if ((await askLogin(sent.tenant)) !== 'same') throw err
    return send('POST', path, form, sent)
  }
}

/** Adds a file that is too large for a form to a ticket, through an address that is good for one file (R0.22). */
export async function uploadLarge(sent: Upload & { number: string }): Promise<Schemas['AttachmentView']> {
  const { tenant, number, file } = sent
  const link = await ask(api.POST('/api/v1/t/{tenant}/tickets/{number}/upload-links', { params: { path: { tenant, number } }, body: { note: file.name } }))
  return send('PUT', `${link.path}?name=${encodeURIComponent(file.name)}`, file, sent)
}

/** A request whose progress is told, which fetch cannot do. */
function send(method: string, path: string, body: FormData | File, { onProgress, signal }: Upload): Promise<Schemas['AttachmentView']> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    request.setRequestHeader('Accept-Language', language())
    if (body instanceof File) request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      noteAnswer(request.status)
      const answer = parsed(request.responseText)
      if (request.status === 201) resolve(answer as Schemas['AttachmentView'])
      else reject(new ApiError(request.status, answer !== null && typeof answer === 'object' ? answer : {}))
    }
    request.onerror = () => {
      noteAnswer(0)
      reject(new ApiError(0, {}))
    }
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
