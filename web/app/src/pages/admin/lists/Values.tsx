import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '../../../shell/ErrorScreen'
import { Confirm } from '../../../ui/edit/Confirm'
import { Wide } from '../../../ui/edit/Wide'
import { language } from '../../../i18n'
import { type ListPlace, type ListValue, saveValue } from '../data/lists'

interface Props {
  values: ListValue[]
  title: string
  place: ListPlace
  onEdit: (value: ListValue) => void
}

/** The values of a list. */
export function Values({ values, title, place, onEdit }: Props) {
  const { t } = useTranslation('admin')
  const [asked, setAsked] = useState<ListValue>()
  const retire = useMutation({ mutationFn: (value: ListValue) => saveValue(place, value.key, value.title, !value.retired) })
  return (
    <>
      {retire.error && <Failure error={retire.error} />}
      <Wide name={title}>
        <table className="grid">
          <caption className="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('lists.key')}</th>
              <th scope="col">{t('lists.title_ru')}</th>
              <th scope="col">{t('lists.title_en')}</th>
              <th scope="col">{t('lists.state')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('edit.acts')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {values.map((value) => (
              <tr key={value.key} data-retired={value.retired || undefined}>
                <th scope="row">
                  <code>{value.key}</code>
                </th>
                <td lang="ru">{value.title.ru}</td>
                <td lang="en">{value.title.en}</td>
                <td>
                  {value.retired ? t('lists.retired') : t('lists.current')}
                  {value.declared && <span className="badge">{t('lines.declared')}</span>}
                </td>
                <td className="grid__acts">
                  <Button size="compact-sm" variant="default" onClick={() => onEdit(value)} aria-label={t('lists.rename_it', { key: value.key })}>
                    {t('lists.rename')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={retire.isPending && retire.variables.key === value.key}
                    // The system's form and rules know its own values: what that means is told before one is gone.
                    onClick={() => (value.declared && !value.retired ? setAsked(value) : retire.mutate(value))}
                    aria-label={value.retired ? t('lists.restore_it', { key: value.key }) : t('lists.retire_it', { key: value.key })}
                  >
                    {value.retired ? t('lists.restore') : t('lists.retire')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {asked && (
        <Confirm title={t('lists.own_title')} act={t('lists.retire')} onAct={() => retire.mutateAsync(asked)} onClose={() => setAsked(undefined)}>
          <p>{t('lists.own_retire', { key: asked.key, title: asked.title[language()] })}</p>
        </Confirm>
      )}
    </>
  )
}
