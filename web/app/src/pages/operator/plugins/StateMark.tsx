import { useTranslation } from 'react-i18next'

// Each kind of state has a shape of its own, so that colour says nothing alone.
const shapes = {
  ready: { kind: 'good', path: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z' },
  starting: { kind: 'moving', path: 'M8 2a6 6 0 1 0 0 12V2Z' },
  backoff: { kind: 'moving', path: 'M8 1.5 15 14H1Z' },
  degraded: { kind: 'moving', path: 'M8 1.5 14.5 8 8 14.5 1.5 8Z' },
  drift: { kind: 'moving', path: 'M8 1.5 14.5 8 8 14.5 1.5 8Z' },
  quarantined: { kind: 'bad', path: 'M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5Z' },
  stopped: { kind: 'bad', path: 'M2.5 2.5h11v11h-11Z' },
} as const

type Known = keyof typeof shapes
const isKnown = (state: string): state is Known => state in shapes

/** The state of a plugin as a shape and a word; one that this page does not know stands as it is. */
export function StateMark({ state }: { state: string }) {
  const { t } = useTranslation('admin')
  const known = isKnown(state) ? state : undefined
  const shape = shapes[known ?? 'degraded']
  return (
    <span className="state" data-kind={shape.kind}>
      <svg viewBox="0 0 16 16" width={14} height={14} aria-hidden>
        <path d={shape.path} />
        {shape.kind === 'bad' && <path className="state__inner" d="M7 4h2v5H7ZM7 10h2v2H7Z" />}
      </svg>
      {known ? t(`operator.states.${known}`) : state}
    </span>
  )
}
