import { Button, Group } from '@mantine/core'
import { type ChangeEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { language } from '../../../i18n'
import { Failure } from '../../../shell/ErrorScreen'
import { Box } from '../../../ui/Box'
import { Slow } from '../../../ui/edit/Slow'
import { Wide } from '../../../ui/edit/Wide'
import { importCsv, type ImportResult, type ListPlace } from '../data/lists'
import { decoded, type WrongLine, wrongLines } from './preview'

interface Props {
  place: ListPlace
  onClose: () => void
}

interface Tried {
  file: File
  result: ImportResult
  wrong: WrongLine[]
}

/** Takes values from a CSV file: first it is tried and told what would happen, then it is done. */
export function ImportDialog({ place, onClose }: Props) {
  const { t } = useTranslation('admin')
  const { t: main } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const told = useRef<HTMLDivElement>(null)
  const [tried, setTried] = useState<Tried>()
  const [done, setDone] = useState<ImportResult>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  useEffect(() => told.current?.focus(), [tried, done])

  const work = async (run: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    await run().catch(setError)
    setBusy(false)
  }
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0]
    event.currentTarget.value = ''
    if (!file || busy) return
    setTried(undefined)
    setDone(undefined)
    void work(async () => {
      const result = await importCsv(place, file, true)
      setTried({ file, result, wrong: result.problems.length > 0 ? wrongLines(decoded(await file.arrayBuffer()), result.problems) : [] })
    })
  }
  const run = (file: File) => void work(async () => setDone(await importCsv(place, file, false)))
  const good = tried && tried.wrong.length === 0
  return (
    <Box onClose={onClose} title={t('import.title')} size="lg">
      <p>{t('import.text')}</p>
      <pre className="sample" tabIndex={0} aria-label={t('import.sample')}>
        {'key;title_ru;title_en;retired\nplanning;Планирование;Planning;\nreports;Отчёты;Reports;true'}
      </pre>
      {!done && (
        <Button variant={good ? 'default' : 'filled'} onClick={() => input.current?.click()} data-autofocus>
          {tried ? t('import.another') : t('import.choose')}
        </Button>
      )}
      <input ref={input} type="file" accept=".csv,text/csv" hidden onChange={choose} aria-label={t('import.choose')} />
      <Slow on={busy} text={t('import.slow')} />
      {error !== undefined && <Failure error={error} />}
      <div ref={told} tabIndex={-1} className="told">
        {tried && !done && (
          <>
            <h3>{good ? t('import.would', { name: tried.file.name }) : t('import.wrong', { name: tried.file.name })}</h3>
            {good ? <Counts result={tried.result} /> : <Wrong lines={tried.wrong} />}
            {good && <Own result={tried.result} />}
            <Read rows={tried.result.rows ?? []} />
          </>
        )}
        {done && (
          <>
            <h3>{t('import.done')}</h3>
            <Counts result={done} />
          </>
        )}
      </div>
      <Group mt="md">
        {good && !done && (
          <Button loading={busy} onClick={() => run(tried.file)}>
            {t('import.run')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {done ? main('close') : t('edit.cancel')}
        </Button>
      </Group>
    </Box>
  )
}

function Counts({ result }: { result: ImportResult }) {
  const { t } = useTranslation('admin')
  return (
    <ul>
      <li>{t('import.added', { number: result.added })}</li>
      <li>{t('import.changed', { number: result.changed })}</li>
      <li>{t('import.unchanged', { number: result.unchanged })}</li>
    </ul>
  )
}

/** What becomes of the system's own values, on which its form and rules may rely. */
function Own({ result }: { result: ImportResult }) {
  const { t } = useTranslation('admin')
  const rows = result.own_rows ?? []
  if (result.own === 0) return null
  return (
    <div className="notice-box">
      <p>{t('import.own', { count: result.own })}</p>
      <ul>
        {rows.map(({ line, key, title, retired }) => (
          <li key={line}>
            <code>{key}</code>: {[t('import.own_title', { title: title[language()] }), retired && t('import.own_retired')].filter(Boolean).join(', ')}
          </li>
        ))}
        {result.own > rows.length && <li>{t('audit.more_values', { count: result.own - rows.length })}</li>}
      </ul>
    </div>
  )
}

/** The first values as they were read: what went into the wrong column is seen before it is imported. */
function Read({ rows }: { rows: NonNullable<ImportResult['rows']> }) {
  const { t } = useTranslation('admin')
  if (rows.length === 0) return null
  return (
    <>
      <h4>{t('import.read', { count: rows.length })}</h4>
      <Grid caption={t('import.read_caption')}>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            <th scope="col">{t('lists.key')}</th>
            <th scope="col">{t('lists.title_ru')}</th>
            <th scope="col">{t('lists.title_en')}</th>
            <th scope="col">{t('import.fate')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.line}>
              <td className="tabular">{row.line}</td>
              <th scope="row">
                <code>{row.key}</code>
              </th>
              <td lang="ru">{row.title.ru}</td>
              <td lang="en">{row.title.en}</td>
              <td>
                {t(`import.fates.${row.fate}`)}
                {row.retired && <span className="grid__under">{t('lists.retired')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </Grid>
    </>
  )
}

function Wrong({ lines }: { lines: WrongLine[] }) {
  const { t } = useTranslation('admin')
  return (
    <>
      <p>{t('import.wrong_text')}</p>
      <Grid caption={t('import.wrong_caption')}>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            <th scope="col">{t('import.what')}</th>
            <th scope="col">{t('import.text_of_line')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((one) => (
            <tr key={one.line}>
              <th scope="row" className="tabular">
                {one.line}
              </th>
              <td>
                {one.problems.map((problem) => (
                  <p key={`${problem.column} ${problem.message}`} className="import__problem">
                    {problem.column && <code>{problem.column}</code>} {problem.message}
                  </p>
                ))}
              </td>
              <td>
                <code className="import__text">{one.text}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Grid>
    </>
  )
}

function Grid({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    <Wide name={caption}>
      <table className="grid">
        <caption className="visually-hidden">{caption}</caption>
        {children}
      </table>
    </Wide>
  )
}
