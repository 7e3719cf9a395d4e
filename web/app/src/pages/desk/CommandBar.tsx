import '@mantine/spotlight/styles.layer.css'

import { Kbd } from '@mantine/core'
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { commandOf, currentCommands, keyName, keysOn, typing } from './commands'
import { numberOf } from './number'
import { openAt } from './opening'
import { usePlace } from './place'
import { Sheet } from './Sheet'

const [store, bar] = createSpotlight()

/** Opens the command bar. */
export const openBar = () => openAt(bar.open, 'command-bar')

function chooseFirst() {
  const lines = document.querySelectorAll('.command-bar [data-action]')
  for (const line of lines) line.removeAttribute('data-selected')
  lines[0]?.setAttribute('data-selected', 'true')
  store.setState((state) => ({ ...state, selected: 0 }))
}

interface Props {
  sheet: boolean
  onSheet: (open: boolean) => void
}

/** Where the words of the bar themselves lead: to a ticket by its number, and to the search. */
function useFound(query: string): Record<'number' | 'search', SpotlightActionGroupData[]> {
  const { t } = useTranslation('desk')
  const { tenant } = usePlace()
  const navigate = useNavigate()
  const q = query.trim()
  if (q === '') return { number: [], search: [] }
  const number = numberOf(q)
  // The bar puts what repeats the typed letters first: the search would stand before a number typed without its hyphen.
  const hasty = number !== undefined && number !== q.toUpperCase()
  const open = number && {
    id: 'number',
    label: t('bar.number', { number }),
    keywords: [q],
    onClick: () => void navigate({ to: '/t/$tenant/desk/tickets/$number', params: { tenant, number } }),
  }
  const search = { id: 'search', label: t('bar.search', { q }), keywords: [q], onClick: () => void navigate({ to: '/t/$tenant/desk', params: { tenant }, search: { q } }) }
  return { number: open ? [{ group: t('bar.group_number'), actions: [open] }] : [], search: hasty ? [] : [{ group: t('bar.group'), actions: [search] }] }
}

/** The command bar (Ctrl+K), the sheet of keys (?), and the keys themselves. */
export function CommandBar({ sheet, onSheet }: Props) {
  const { t } = useTranslation('desk')
  const [actions, setActions] = useState<SpotlightActionGroupData[]>([])
  const [query, setQuery] = useState('')
  const found = useFound(query)
  // A number that has just become whole is what is meant, though another line was chosen till then.
  const whole = found.number.length > 0
  useEffect(() => {
    if (whole) chooseFirst()
  }, [whole, query])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === 'KeyK') {
        event.preventDefault()
        // What the bar does is done to the page, not to a box that lies over it.
        if (!document.querySelector('[role=dialog]')) openBar()
        return
      }
      if (event.defaultPrevented) return
      if (event.key === 'Escape' && typing(event.target) && !document.querySelector('[role=dialog]')) {
        ;(event.target as HTMLElement).blur()
        return
      }
      // The key of the sign stands elsewhere in other layouts; the key itself opens the sheet as well.
      const sign = event.key === '?' || (event.shiftKey && event.code === 'Slash')
      if (sign && !typing(event.target) && !event.ctrlKey && keysOn() && !document.querySelector('[role=dialog]')) {
        event.preventDefault()
        onSheet(true)
        return
      }
      const command = commandOf(event)
      if (!command) return
      event.preventDefault()
      command.run()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [onSheet])
  const collect = () =>
    setActions(
      currentCommands().map(({ group, commands }) => ({
        group,
        actions: commands
          .filter((command) => !command.keyOnly)
          .map((command) => ({
            id: command.id,
            label: command.title,
            // The bar gives the focus back when it closes; what a command focuses comes after that.
            onClick: () => setTimeout(command.run, 50),
            rightSection: command.key && <Kbd aria-hidden>{keyName(command.key, language())}</Kbd>,
          })),
      })),
    )
  return (
    <>
      <Spotlight
        store={store}
        className="command-bar"
        actions={[...found.number, ...actions, ...found.search]}
        query={query}
        onQueryChange={setQuery}
        scrollable
        maxHeight="60vh"
        shortcut={null}
        onSpotlightOpen={collect}
        nothingFound={t('bar.nothing')}
        highlightQuery
        limit={60}
        searchProps={{ placeholder: t('bar.placeholder'), 'aria-label': t('bar.placeholder') }}
        transitionProps={{ duration: 0 }}
      />
      <Sheet open={sheet} onClose={() => onSheet(false)} />
    </>
  )
}
