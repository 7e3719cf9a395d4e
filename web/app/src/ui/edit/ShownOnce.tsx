import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Box } from '../Box'
import { CopyButton } from './CopyButton'

interface Props {
  name: string
  login: string
  password: string
  /** Where one signs in. */
  address: string
  onClose: () => void
}

/** A password that the server made: shown now and never again. */
export function ShownOnce({ name, login, password, address, onClose }: Props) {
  const { t } = useTranslation('admin')
  return (
    <Box onClose={onClose} title={t('edit.password_title')} firm>
      <p>{t('edit.password_text', { name })}</p>
      <dl className="pairs">
        <div>
          <dt>{t('edit.password_address')}</dt>
          <dd>{address}</dd>
        </div>
        <div>
          <dt>{t('edit.password_login')}</dt>
          <dd>{login}</dd>
        </div>
        <div>
          <dt>{t('edit.password')}</dt>
          <dd>
            <code className="pairs__secret">{password}</code>
          </dd>
        </div>
      </dl>
      <div className="sheet__end">
        <Button onClick={onClose} data-autofocus>
          {t('edit.password_kept')}
        </Button>
        <CopyButton text={password} label={t('edit.password_copy')} />
      </div>
    </Box>
  )
}
