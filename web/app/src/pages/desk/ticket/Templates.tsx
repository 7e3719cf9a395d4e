import { Button, Kbd } from '@mantine/core'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { type RefObject, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { useCommands } from '../commands'
import { openAt } from '../opening'
import { fill } from './fill'
import { templatesQuery } from './ticket'
import { useWorking } from './working'

const [store, chooser] = createSpotlight()
const openChooser = () => openAt(chooser.open, 'template-bar')

interface Props {
  kind: 'public' | 'internal'
  area: RefObject<HTMLTextAreaElement | null>
  onTake: (template: Schemas['TemplateView']) => void
}

/** The desk's templates: / in an empty text or Ctrl+/ anywhere in it finds one and puts it where the cursor is. */
export function Templates({ kind, area, onTake }: Props) {
  const { t } = useTranslation('desk')
  const { tenant, ticket, work, me } = useWorking()
  const all = useQuery(templatesQuery(tenant, ticket.desk)).data ?? []
  const templates = all.filter((template) => template.visibility === kind)
  const any = templates.length > 0
  // Before it is painted: whoever sees the button has its keys.
  useLayoutEffect(() => {
    const box = area.current
    if (!box || !any) return undefined
    const press = (event: KeyboardEvent) => {
      const bare = event.key === '/' && !event.ctrlKey && !event.metaKey && box.value === ''
      if (!bare && !(event.ctrlKey && (event.code === 'Slash' || event.key === '/'))) return
      event.preventDefault()
      openChooser()
    }
    box.addEventListener('keydown', press)
    return () => box.removeEventListener('keydown', press)
  }, [area, any])
  const open = () => {
    area.current?.focus()
    openChooser()
  }
  useCommands(t('templates.title'), any ? [{ id: 'template', title: t('templates.open'), key: 'Slash', run: open }] : [])
  if (!any) return null
  return (
    <>
      <p className="composer__tools">
        <Button size="compact-sm" variant="default" onClick={open}>
          {t('templates.open')}
        </Button>
        <span className="dim">
          <Kbd>Ctrl</Kbd> <Kbd>/</Kbd>
        </span>
      </p>
      <Spotlight
        store={store}
        className="template-bar"
        shortcut={null}
        scrollable
        maxHeight="60vh"
        limit={200}
        highlightQuery
        nothingFound={t('templates.nothing')}
        searchProps={{ placeholder: t('templates.find'), 'aria-label': t('templates.find') }}
        transitionProps={{ duration: 0 }}
        actions={templates.map((template) => ({
          id: template.id,
          label: template.title,
          description: fill(template.text, { ticket, me, desk: work.desk }).slice(0, 160),
          // The chooser gives the focus back when it closes; the text comes after that.
          onClick: () => setTimeout(() => onTake(template), 50),
        }))}
      />
    </>
  )
}
