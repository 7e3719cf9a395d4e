import { useTranslation } from 'react-i18next'

import type { Order, View } from './view'

interface Props {
  title: string
  className: string
  /** The order that this column makes; without one it does not sort. */
  order?: Order
  view?: View
  onOrder?: (order: Order) => void
}

/** The head of a column; one that sorts is a button and says how the list is sorted. */
export function Heading({ title, className, order, view, onOrder }: Props) {
  const { t } = useTranslation('desk')
  if (!order || !onOrder) {
    return (
      <th scope="col" className={className} title={title}>
        {title}
      </th>
    )
  }
  const active = (view?.order ?? 'updated') === order
  const ascending = directionOf(view, order) === 'asc'
  return (
    <th scope="col" className={className} aria-sort={active ? (ascending ? 'ascending' : 'descending') : undefined}>
      <button type="button" className="sort" onClick={() => onOrder(order)} title={t(`order.${order}`)}>
        {title}
        {active && (
          <span aria-hidden className="sort__arrow">
            {ascending ? '↑' : '↓'}
          </span>
        )}
      </button>
    </th>
  )
}

/** The direction of an order: the nearest deadline comes first, else the latest and the highest. */
export function directionOf(view: View | undefined, order: Order): 'asc' | 'desc' {
  return view?.direction ?? (order === 'deadline' ? 'asc' : 'desc')
}
