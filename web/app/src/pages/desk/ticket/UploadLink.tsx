import { Button, CopyButton, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, ask, type Schemas } from '../../../api/client'
import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'
import { bytes, instant } from '../../../ui/format'
import { onVersion } from './ticket'
import { useWorking } from './working'

/** A one-time address for one file that is too large for the form (R0.22). */
export function UploadLink() {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work, busy, write, seen } = useWorking()
  const [note, setNote] = useState('')
  const [link, setLink] = useState<Schemas['UploadLinkView']>()
  const [failure, setFailure] = useState<ApiError>()
  if (!ticket.may.upload_link) return null
  const make = async () => {
    setFailure(undefined)
    let made: Schemas['UploadLinkView'] | undefined
    const outcome = await write({
      what: t('link.title'),
      mine: [{ label: t('link.note'), text: note }],
      seen,
      send: async (version) => {
        made = await ask(
          api.POST('/api/v1/t/{tenant}/tickets/{number}/upload-links', {
            params: { path: { tenant, number: ticket.number }, header: onVersion(version) },
            body: { note: note || undefined },
          }),
        )
      },
      done: () => setLink(made),
      said: t('link.made'),
    })
    if (outcome !== 'done' && outcome !== 'late') setFailure(outcome)
  }
  const address = link && new URL(link.path, window.location.origin).href
  return (
    <section className="panel">
      <details>
        <summary className="panel__summary">
          <h2>{t('link.title')}</h2>
        </summary>
        <p className="dim">{t('link.help')}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void make()
          }}
        >
          <TextInput label={t('link.note')} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="xs" />
          <Button type="submit" size="compact-md" variant="default" loading={busy}>
            {t('link.make')}
          </Button>
        </form>
        {failure && <Failure error={failure} />}
        {link && address && (
          <>
            <TextInput label={t('link.address')} readOnly value={address} onFocus={(event) => event.currentTarget.select()} mt="sm" />
            <Group mt="xs" gap="xs">
              <CopyButton value={address}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {copied ? t('link.copied') : t('link.copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
            <p className="dim">{t('link.until', { at: instant(link.expires_at, work.desk.time_zone), size: bytes(link.max_bytes) })}</p>
          </>
        )}
      </details>
    </section>
  )
}
