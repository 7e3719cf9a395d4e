import { useTranslation } from 'react-i18next'

import { ApiError } from '../api/problem'

/** The sentence that tells a person why something failed; the server's own where it has one. */
export function useFailure(error: unknown): { text: string; request?: string } {
  const { t } = useTranslation()
  if (!(error instanceof ApiError)) return { text: t('error.unknown') }
  if (error.status === 0) return { text: t('error.offline') }
  if (error.code === 'person_changed') return { text: t('error.person_changed') }
  return { text: error.detail || t('error.unknown'), request: error.requestId }
}
