import { Alert, Button, Group, Text } from '@mantine/core'
import { Link, useCanGoBack, useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { onRecovered } from '../api/connection'
import { ApiError } from '../api/problem'
import { useNoTenant } from '../api/queries'
import { useFailure } from '../ui/failure'
import { PageTitle } from './PageTitle'
import { partOf } from './parts'

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

/** Stands for what does not exist, or not for this person; the way on is back, or to the part of the pages that it was looked for in. */
export function NotFoundScreen({ detail }: { detail?: string }) {
  const { t } = useTranslation()
  const router = useRouter()
  const back = useCanGoBack()
  const { tenant } = useParams({ strict: false })
  const nowhere = useNoTenant(tenant)
  const part = partOf(useLocation().pathname)
  return (
    <div className="page page--narrow">
      <PageTitle>{t('missing.title')}</PageTitle>
      <Text mb="md">{detail || t('missing.text')}</Text>
      <Group gap="lg">
        {back && (
          <button type="button" className="link-button" onClick={() => router.history.back()}>
            {t('missing.back')}
          </button>
        )}
        {part === 'operator' ? (
          <Link to="/operator">{t('missing.operator')}</Link>
        ) : tenant === undefined || nowhere ? (
          <Link to="/">{t('enter.title')}</Link>
        ) : part === 'desk' ? (
          <Link to="/t/$tenant/desk" params={{ tenant }}>
            {t('missing.desk')}
          </Link>
        ) : part === 'admin' ? (
          <Link to="/t/$tenant/admin" params={{ tenant }}>
            {t('nav.admin')}
          </Link>
        ) : (
          <Link to="/t/$tenant" params={{ tenant }}>
            {t('nav.home')}
          </Link>
        )}
      </Group>
    </div>
  )
}
