import '@mantine/spotlight/styles.layer.css'

import { Kbd, Modal, Switch } from '@mantine/core'
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { commandOf, currentCommands, keyName, keysOn, setKeysOn, typing } from './commands'

const [store, bar] = createSpotlight()

/** Opens the command bar. */
export const openBar = bar.open

interface Props {
  sheet: boolean
  onSheet: (open: boolean) => void
}

/** The command bar (Ctrl+K), the sheet of keys (?), and the keys themselves. */
export function CommandBar({ sheet, onSheet }: Props) {
  const { t } = useTranslation('desk')
  const [actions, setActions] = useState<SpotlightActionGroupData[]>([])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === 'KeyK') {
        event.preventDefault()
        bar.open()
        return
      }
      if (event.key === 'Escape' && typing(event.target) && !document.querySelector('[role=dialog]')) {
        ;(event.target as HTMLElement).blur()
        return
      }
      if (event.key === '?' && !typing(event.target) && !event.ctrlKey && keysOn() && !document.querySelector('[role=dialog]')) {
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
        actions={actions}
        shortcut={null}
        onSpotlightOpen={collect}
        nothingFound={t('bar.nothing')}
        highlightQuery
        limit={12}
        searchProps={{ placeholder: t('bar.placeholder'), 'aria-label': t('bar.placeholder') }}
        transitionProps={{ duration: 0 }}
      />
      <Sheet open={sheet} onClose={() => onSheet(false)} />
    </>
  )
}

function Sheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const { t: main } = useTranslation()
  const [on, setOn] = useState(keysOn)
  return (
    <Modal opened={open} onClose={onClose} title={t('sheet.title')} size="lg" closeButtonProps={{ 'aria-label': main('close') }} transitionProps={{ duration: 0 }}>
      <Switch
        label={t('sheet.single')}
        description={t('sheet.single_help')}
        checked={on}
        onChange={(event) => {
          setKeysOn(event.currentTarget.checked)
          setOn(event.currentTarget.checked)
        }}
        mb="md"
        data-autofocus
      />
      <dl className="keys">
        <div>
          <dt>
            <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
          </dt>
          <dd>{t('bar.placeholder')}</dd>
        </div>
        <div>
          <dt>
            <Kbd>?</Kbd>
          </dt>
          <dd>{t('sheet.title')}</dd>
        </div>
      </dl>
      {open &&
        currentCommands().map(({ group, commands }) => {
          const keyed = commands.filter((command) => command.key)
          if (keyed.length === 0) return null
          return (
            <section key={group}>
              <h3 className="keys-title">{group}</h3>
              <dl className="keys">
                {keyed.map((command) => (
                  <div key={command.id}>
                    <dt>
                      <Kbd>{keyName(command.key ?? '', language())}</Kbd>
                    </dt>
                    <dd>{command.title}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        })}
    </Modal>
  )
}
