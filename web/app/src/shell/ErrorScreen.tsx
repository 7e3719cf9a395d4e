import { Alert, Button, Group, Text } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { onRecovered } from '../api/connection'
import { ApiError } from '../api/problem'
import { useFailure } from '../ui/failure'
import { PageTitle } from './PageTitle'

interface Props {
  error: unknown
  reset?: () => void
}

/** What a page shows instead of itself when it failed: why, and what to do next. */
export function ErrorScreen({ error, reset }: Props) {
  const { t } = useTranslation()
  const { tenant } = useParams({ strict: false })
  const failure = useFailure(error)
  if (error instanceof ApiError && error.status === 404) return <NotFoundScreen detail={error.detail} />
  return (
    <div className="page page--narrow">
      <PageTitle>{t('error.title')}</PageTitle>
      <Failure error={error} />
      <Text>{t('error.kept')}</Text>
      <Group mt="md">
        <Button onClick={() => (reset ? reset() : window.location.reload())}>{t('error.again')}</Button>
        {tenant && (
          <Link to="/t/$tenant" params={{ tenant }}>
            {t('nav.home')}
          </Link>
        )}
      </Group>
      {failure.request && (
        <Text size="sm" c="dimmed" mt="md">
          {t('error.request', { id: failure.request })}
        </Text>
      )}
    </div>
  )
}

/** Says in one box why something failed. */
export function Failure({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { text } = useFailure(error)
  // That there is no connection is told only as long as it is so.
  const [over, setOver] = useState<unknown>()
  useEffect(() => (error instanceof ApiError && error.status === 0 ? onRecovered(() => setOver(error)) : undefined), [error])
  return (
    <Alert color="red" role="alert" my="sm" className="failure">
      {over !== undefined && over === error ? t('error.online') : text}
    </Alert>
  )
}

/** Stands for what does not exist, or not for this person. */
export function NotFoundScreen({ detail }: { detail?: string }) {
  const { t } = useTranslation()
  const { tenant } = useParams({ strict: false })
  return (
    <div className="page page--narrow">
      <PageTitle>{t('missing.title')}</PageTitle>
      <Text mb="md">{detail || t('missing.text')}</Text>
      {tenant ? (
        <Link to="/t/$tenant" params={{ tenant }}>
          {t('nav.home')}
        </Link>
      ) : (
        <Link to="/">{t('enter.title')}</Link>
      )}
    </div>
  )
}
