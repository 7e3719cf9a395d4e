import { Kbd, Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../i18n'
import { currentCommands, keyName, keysOn, setKeysOn } from './commands'
import { Box } from '../../ui/Box'

/** The sheet of keys (?): those of this page first, and the switch of single keys. */
export function Sheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('desk')
  const [on, setOn] = useState(keysOn)
  if (!open) return null
  return (
    <Box onClose={onClose} title={t('sheet.title')} size="lg" loose>
      <Switch
        label={t('sheet.single')}
        description={t('sheet.single_help')}
        checked={on}
        onChange={(event) => {
          setKeysOn(event.currentTarget.checked)
          setOn(event.currentTarget.checked)
        }}
        // Its ring needs room beneath the head of the box, which lies over it.
        mt="xs"
        mb="md"
        data-autofocus
      />
      <dl className="keys">
        <div>
          <dt>
            <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
          </dt>
          <dd>{t('sheet.bar')}</dd>
        </div>
        <div>
          <dt>
            <Kbd>?</Kbd>
          </dt>
          <dd>{t('sheet.title')}</dd>
        </div>
        <div>
          <dt>
            <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd>
          </dt>
          <dd>{t('sheet.send')}</dd>
        </div>
        <div>
          <dt>
            <Kbd>Esc</Kbd>
          </dt>
          <dd>{t('sheet.leave')}</dd>
        </div>
      </dl>
      {currentCommands().map(({ group, commands }) => {
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
    </Box>
  )
}
