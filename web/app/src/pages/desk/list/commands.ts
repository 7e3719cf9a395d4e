import type { TFunction } from 'i18next'

import type { Schemas } from '../../../api/client'
import type { Command } from '../commands'
import { openOnes, toggled, type View } from './view'

interface Doing {
  t: TFunction<'desk'>
  queues: Schemas['QueueView'][]
  view: View
  change: (part: View) => void
  refresh: () => void
  mark: () => void
  step: (by: 1 | -1) => void
  copy: () => void
  take: () => void
}

/** What the keys and the command bar do in the list. */
export function listCommands({ t, queues, view, change, refresh, mark, step, copy, take }: Doing): Command[] {
  return [
    { id: 'down', title: t('list.down'), key: 'KeyJ', run: () => step(1), keyOnly: true },
    { id: 'up', title: t('list.up'), key: 'KeyK', run: () => step(-1), keyOnly: true },
    { id: 'mark', title: t('list.mark'), key: 'KeyX', run: mark, keyOnly: true },
    { id: 'refresh', title: t('list.refresh'), key: 'KeyR', run: refresh },
    { id: 'find', title: t('list.find'), key: 'Slash', run: () => document.getElementById('desk-search')?.focus() },
    { id: 'unread', title: t('list.toggle_unread'), key: 'KeyU', run: () => change({ unread: view.unread ? undefined : true }) },
    { id: 'mine', title: t('list.toggle_mine'), key: 'KeyM', run: () => change({ assignee: view.assignee === 'me' ? undefined : 'me' }) },
    { id: 'free', title: t('list.toggle_free'), key: 'KeyN', run: () => change({ assignee: view.assignee === 'none' ? undefined : 'none' }) },
    { id: 'done', title: t('list.toggle_open'), key: 'KeyO', run: () => change({ category: view.category === openOnes ? undefined : openOnes, status: undefined }) },
    { id: 'waiting', title: t('list.toggle_waiting'), run: () => change({ category: toggled(view.category, 'waiting'), status: undefined }) },
    { id: 'take', title: t('list.take'), key: 'KeyI', run: take },
    { id: 'link', title: t('list.link_me'), run: copy },
    ...queues.slice(0, 9).map((queue, i) => ({ id: `queue-${queue.key}`, title: t('list.queue', { queue: queue.title }), key: `Digit${i + 1}`, run: () => change({ queue: queue.key, category: openOnes, status: undefined }) })),
    { id: 'queue-all', title: t('queues.all'), key: 'Digit0', run: () => change({ queue: undefined }) },
  ]
}
