import { useTranslation } from 'react-i18next'

/** How many chosen files are not with the server: still on their way, or not taken. */
export interface FilesState {
  uploading: number
  refused: number
  /** Those that wait for the message to be sent. */
  later: number
}

/** What keeps a form with files from being sent, undefined where nothing does. */
export function useFilesHold({ uploading, refused }: FilesState): string | undefined {
  const { t } = useTranslation()
  if (uploading > 0) return t('files.uploading')
  return refused > 0 ? t('files.unsent') : undefined
}
