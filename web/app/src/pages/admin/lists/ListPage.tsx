import { Button, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { PageTitle } from '../../../shell/PageTitle'
import { Waiting } from '../../../shell/Waiting'
import { exportAddress, listQuery, type ListValue } from '../data/lists'
import { useAdmin, useAdminDesk } from '../place'
import { ImportDialog } from './ImportDialog'
import { ValueDialog } from './ValueDialog'
import { Values } from './Values'

type Opened = { kind: 'add' } | { kind: 'edit'; value: ListValue } | { kind: 'import' }

/** One reference list: its values, found by typing, and what can be done with them. */
export function ListPage() {
  const { t } = useTranslation('admin')
  const { tenant } = useAdmin()
  const desk = useAdminDesk()
  const { list } = useParams({ from: '/t/$tenant/admin/$desk/lists/$list' })
  const place = { tenant, desk: desk.slug, list }
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const [opened, setOpened] = useState<Opened>()
  const pages = useInfiniteQuery({ ...listQuery(place, q), placeholderData: keepPreviousData })
  const first = pages.data?.pages[0]
  const values = pages.data?.pages.flatMap((page) => page.values) ?? []
  const find = (event: FormEvent) => {
    event.preventDefault()
    setQ(typed.trim())
  }
  const close = () => setOpened(undefined)
  return (
    <>
      <Link to="/t/$tenant/admin/$desk/lists" params={{ tenant, desk: desk.slug }} className="back">
        {t('section.lists')}
      </Link>
      <PageTitle>{first?.title ?? list}</PageTitle>
      {first && <p className="intro">{first.extendable ? t('lists.open') : t('lists.closed')}</p>}
      <div className="toolbar">
        <form role="search" onSubmit={find} className="toolbar__find">
          <TextInput type="search" label={t('lists.find')} value={typed} maxLength={200} onChange={(event) => setTyped(event.currentTarget.value)} />
          <Button type="submit" variant="default">
            {t('edit.find')}
          </Button>
        </form>
        {first?.extendable && (
          <>
            <Button onClick={() => setOpened({ kind: 'add' })}>{t('lists.add')}</Button>
            <Button variant="default" onClick={() => setOpened({ kind: 'import' })}>
              {t('lists.import')}
            </Button>
          </>
        )}
        <a href={exportAddress(place)} download={`${list}.csv`}>
          {t('lists.export')}
        </a>
      </div>
      {pages.error && <Failure error={pages.error} />}
      {pages.isPending && !pages.error && <Waiting />}
      {first && values.length === 0 && <p className="nothing">{q ? t('lists.nothing') : t('lists.empty')}</p>}
      {first && values.length > 0 && <Values values={values} title={first.title} place={place} onEdit={(value) => setOpened({ kind: 'edit', value })} />}
      {pages.hasNextPage && (
        <Button variant="default" mt="md" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('lists.more')}
        </Button>
      )}
      {opened?.kind === 'add' && <ValueDialog place={place} onClose={close} />}
      {opened?.kind === 'edit' && <ValueDialog place={place} value={opened.value} onClose={close} />}
      {opened?.kind === 'import' && <ImportDialog place={place} onClose={close} />}
    </>
  )
}
