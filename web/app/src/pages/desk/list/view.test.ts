import { describe, expect, it } from 'vitest'

import { listOf, narrowed, onlyOpen, queryOf, readView, settled, toggled, viewOf, widened } from './view'

describe('a view', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(readView({ queue: 'documents', category: 'waiting,new,odd', order: 'priority', direction: 'asc', columns: '/type,/document,odd', q: 10019, unread: 'true', stranger: 'x' })).toEqual(
      expect.objectContaining({ queue: 'documents', category: 'new,waiting', order: 'priority', direction: undefined, columns: '/type,/document', q: '10019', unread: true }),
    )
    expect(readView({ q: '  ', order: 'updated', category: 'odd', direction: 'sideways' })).toEqual(expect.not.objectContaining({ q: expect.anything(), order: expect.anything(), category: expect.anything(), direction: expect.anything() }))
  })

  it('asks the server for no order that it refuses', () => {
    expect(readView({ order: 'priority' })).toEqual(expect.objectContaining({ order: 'priority', category: 'new,open,waiting' }))
    expect(readView({ order: 'deadline', category: 'done,new', direction: 'desc' })).toEqual(expect.objectContaining({ order: 'deadline', category: 'new,open,waiting', direction: undefined }))
    expect(readView({ category: 'done,new', direction: 'asc' })).toEqual(expect.objectContaining({ category: 'new,done', order: undefined, direction: undefined }))
  })

  it('says where the order keeps the closed ones out', () => {
    expect(onlyOpen(readView({ order: 'created' }))).toBe(true)
    expect(onlyOpen(readView({ order: 'created', category: 'new' }))).toBe(false)
    expect(onlyOpen(readView({ category: 'new,open,waiting' }))).toBe(false)
  })

  it('takes at most six columns', () => {
    expect(listOf(readView({ columns: '/a,/b,/c,/d,/e,/f,/g' }).columns)).toEqual(['/a', '/b', '/c', '/d', '/e', '/f'])
  })

  it('is the same after it was kept as a query string', () => {
    const view = readView({ desk: 'webtorgi', queue: 'documents', category: 'new,open', unread: true, q: 'план & график', columns: '/type' })
    expect(viewOf(queryOf(view))).toEqual({ ...view, desk: undefined })
    expect(queryOf(view)).not.toContain('desk')
  })

  it('puts members in and takes them out', () => {
    expect(toggled('new,open', 'open')).toBe('new')
    expect(toggled(undefined, 'open')).toBe('open')
    expect(toggled('open', 'open')).toBeUndefined()
  })

  it('widens to its queue', () => {
    const view = readView({ desk: 'd', queue: 'q', category: 'new', order: 'created', assignee: 'me' })
    expect(narrowed(view)).toBe(true)
    expect(narrowed(widened(view))).toBe(false)
    expect(widened(view)).toEqual(expect.objectContaining({ desk: 'd', queue: 'q', order: 'created' }))
  })

  it('lets an order and the categories give way to the newer choice', () => {
    expect(settled({ order: 'deadline' }, { order: 'deadline' })).toEqual(expect.objectContaining({ order: 'deadline', category: 'new,open,waiting' }))
    expect(settled({ order: 'deadline', category: 'new' }, { order: 'deadline' })).toEqual(expect.objectContaining({ order: 'deadline', category: 'new' }))
    expect(settled({ order: 'deadline', category: 'new,done' }, { category: 'new,done' })).toEqual(expect.objectContaining({ order: undefined, category: 'new,done' }))
    expect(settled({ order: 'created', direction: 'asc', category: 'new' }, {}).direction).toBe('asc')
    expect(settled({ order: 'priority', direction: 'asc', category: 'new' }, {}).direction).toBeUndefined()
  })
})
