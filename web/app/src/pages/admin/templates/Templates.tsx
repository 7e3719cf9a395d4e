import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { Confirm } from '../../../ui/edit/Confirm'
import { deleteTemplate, type Template, templatesQuery } from '../data/templates'
import { useAdmin, useAdminDesk } from '../place'
import { TemplateDialog } from './TemplateDialog'

type Opened = { kind: 'edit'; template?: Template } | { kind: 'delete'; template: Template }

/** The answers that agents of a desk have at hand. */
export function Templates() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const templates = useQuery(templatesQuery(tenant, desk.slug))
  const [opened, setOpened] = useState<Opened>()
  const close = () => setOpened(undefined)
  return (
    <>
      <PageTitle>{t('section.templates')}</PageTitle>
      <p className="intro">{t('templates.intro')}</p>
      <div className="toolbar">
        <Button onClick={() => setOpened({ kind: 'edit' })}>{t('templates.add')}</Button>
      </div>
      {templates.error && !templates.data && <Failure error={templates.error} />}
      {templates.isPending && !templates.error && <Waiting />}
      {templates.data?.length === 0 && <p className="nothing">{t('templates.none')}</p>}
      <ul className="plain-list">
        {templates.data?.map((template) => (
          <li key={template.id}>
            <h2>{template.title}</h2>
            <p className="faint">{template.visibility === 'internal' ? t('templates.internal') : t('templates.public')}</p>
            <p className="template__text">{template.text}</p>
            <div className="row-acts">
              <Button size="compact-sm" variant="default" onClick={() => setOpened({ kind: 'edit', template })} aria-label={t('templates.edit_it', { title: template.title })}>
                {t('edit.change')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => setOpened({ kind: 'delete', template })} aria-label={t('templates.delete_it', { title: template.title })}>
                {t('edit.delete')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {opened?.kind === 'edit' && <TemplateDialog tenant={tenant} desk={desk} template={opened.template} onClose={close} />}
      {opened?.kind === 'delete' && (
        <Confirm title={t('templates.delete')} act={t('edit.delete')} onAct={() => deleteTemplate(tenant, desk.slug, opened.template.id)} onClose={close}>
          <p>{t('templates.delete_text', { title: opened.template.title })}</p>
        </Confirm>
      )}
    </>
  )
}
