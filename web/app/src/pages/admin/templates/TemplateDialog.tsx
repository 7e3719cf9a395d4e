import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { inputId, type Values } from '../../../form/pointer'
import { field } from '../../../ui/edit/build'
import { FormDialog } from '../../../ui/edit/FormDialog'
import { settingsQuery } from '../data/settings'
import { saveTemplate, type Template } from '../data/templates'
import { useAdmin } from '../place'
import { filled, type Placeholder, placeholders, unknown } from './placeholders'

interface Props {
  tenant: string
  desk: Schemas['DeskView']
  /** The template to change; a new one without. */
  template?: Template
  onClose: () => void
}

/** Writes an answer for use, with its placeholders explained and an example of how it will read. */
export function TemplateDialog({ tenant, desk, template, onClose }: Props) {
  const { t } = useTranslation('admin')
  const { me } = useAdmin()
  const example: Record<Placeholder, string> = {
    number: t('templates.example.number'),
    subject: t('templates.example.subject'),
    requester: t('templates.example.requester'),
    agent: me.name,
    desk: desk.title,
    status: desk.statuses.find((status) => status.category === 'open')?.title ?? desk.statuses[0]?.title ?? '',
    deadline: t('templates.example.deadline'),
  }
  const settings = useQuery(settingsQuery(tenant, desk.slug))
  const transitions = settings.data?.declared.transitions ?? []
  const fields = ({ visibility }: Values) => [
    field('/title', 'text', t('templates.title'), { maxLength: 200, hint: t('templates.title_hint') }),
    field('/visibility', 'radio', t('templates.visibility'), {
      options: [
        { value: 'public', label: t('templates.public') },
        { value: 'internal', label: t('templates.internal') },
      ],
    }),
    field('/text', 'textarea', t('templates.text'), { maxLength: 10_000 }),
    // A note moves nothing.
    ...(visibility === 'internal' || transitions.length === 0
      ? []
      : [
          field('/transition', 'select', t('templates.transition'), {
            required: false,
            hint: t('templates.transition_hint'),
            options: transitions.map(({ key, title }) => ({ value: key, label: title })),
          }),
        ]),
  ]
  const send = ({ title, text, visibility, transition }: Values) =>
    saveTemplate(tenant, desk.slug, template?.id, {
      title: String(title ?? ''),
      text: String(text ?? ''),
      visibility: visibility === 'internal' ? 'internal' : 'public',
      transition: visibility !== 'internal' && transition !== undefined ? String(transition) : undefined,
    })
  return (
    <FormDialog
      title={template ? t('templates.edit') : t('templates.add')}
      fields={fields}
      initial={template ? { title: template.title, text: template.text, visibility: template.visibility, transition: template.transition } : { visibility: 'public' }}
      submit={t('edit.save')}
      size="lg"
      onSubmit={send}
      onClose={onClose}
      under={(values, set) => <Helpers text={String(values.text ?? '')} onText={(text) => set('/text', text)} example={example} />}
    />
  )
}

interface HelpersProps {
  text: string
  onText: (text: string) => void
  example: Record<Placeholder, string>
}

function Helpers({ text, onText, example }: HelpersProps) {
  const { t } = useTranslation('admin')
  const insert = (name: Placeholder) => {
    const area = document.getElementById(inputId('/text')) as HTMLTextAreaElement | null
    const [from, to] = [area?.selectionStart ?? text.length, area?.selectionEnd ?? text.length]
    onText(`${text.slice(0, from)}{${name}}${text.slice(to)}`)
    const caret = from + name.length + 2
    requestAnimationFrame(() => {
      area?.focus()
      area?.setSelectionRange(caret, caret)
    })
  }
  const strange = unknown(text)
  return (
    <>
      <p className="problem" role="status">
        {strange.length > 0 ? t('templates.unknown', { names: strange.join(', '), count: strange.length }) : ''}
      </p>
      <h3>{t('templates.placeholders')}</h3>
      <p className="hint">{t('templates.placeholders_hint')}</p>
      <ul className="placeholders">
        {placeholders.map((name) => (
          <li key={name}>
            <Button size="compact-sm" variant="default" onClick={() => insert(name)} aria-label={t('templates.insert', { name: t(`templates.name.${name}`) })}>
              <code>{`{${name}}`}</code>
            </Button>{' '}
            {t(`templates.name.${name}`)}
          </li>
        ))}
      </ul>
      {text.trim() !== '' && (
        <section className="preview" aria-labelledby="template-preview">
          <h3 id="template-preview">{t('templates.preview')}</h3>
          <p className="template__text">{filled(text, example)}</p>
        </section>
      )}
    </>
  )
}
