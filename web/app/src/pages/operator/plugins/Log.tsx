import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../../../api/client'
import { Failure } from '../../../shell/ErrorScreen'
import { CopyButton } from '../../../ui/edit/CopyButton'
import { logQuery } from '../data'
import { clock, zoneHere } from '../time'

type Line = Schemas['PluginLine']

const plain = (line: Line) => `${line.at} ${line.level.toUpperCase()} ${line.stream === 'core' ? '[core] ' : ''}${line.text}`
const nearEnd = 40

/** The tail of a plugin's log: follows until it is paused; who scrolled up is left where he reads. */
export function Log({ system }: { system: string }) {
  const { t } = useTranslation('admin')
  const [following, setFollowing] = useState(true)
  const log = useQuery(logQuery(system, following))
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const lines = log.data ?? []
  useEffect(() => {
    if (following && atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines, following])
  return (
    <section className="section-block" aria-labelledby="log-title">
      <h2 id="log-title">{t('operator.log')}</h2>
      <p className="hint">{t('operator.log_text', { zone: zoneHere() })}</p>
      <div className="row-acts log__acts">
        <Button size="compact-md" variant="default" onClick={() => setFollowing(!following)}>
          {following ? t('operator.log_pause') : t('operator.log_follow')}
        </Button>
        <CopyButton text={lines.map(plain).join('\n')} label={t('operator.log_copy')} size="compact-md" />
        <span className="faint">{following ? t('operator.log_following') : t('operator.log_paused')}</span>
      </div>
      {log.error && <Failure error={log.error} />}
      {log.data && lines.length === 0 && <p>{t('operator.log_empty')}</p>}
      {lines.length > 0 && (
        <div
          ref={box}
          className="log"
          role="region"
          aria-labelledby="log-title"
          tabIndex={0}
          onScroll={({ currentTarget: at }) => {
            atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < nearEnd
          }}
        >
          {lines.map((line, i) => (
            <p key={`${line.at} ${i}`} className="log__line" data-level={line.level} data-stream={line.stream}>
              <time dateTime={line.at}>{clock(line.at)}</time> <span className="log__level">{line.level}</span>{' '}
              {line.stream === 'core' && <span className="log__core">{t('operator.log_core')}</span>} {line.text}
            </p>
          ))}
        </div>
      )}
    </section>
  )
}
