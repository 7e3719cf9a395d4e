import { beforeEach, describe, expect, it } from 'vitest'

import { anonymous, digest, type DraftPlace, dropDraft, findDrafts, keepDraft, newKey, noteSent, sentAs, touched } from './draft'
import type { FormModel } from './model'

const model = { fields: new Map([['/title', {}], ['/users', {}]]) } as unknown as FormModel
const place = { tenant: 'a', person: 'p', desk: 'd', form: 'f', version: 2 }
const draft = { values: { title: 'x', gone: 'y' }, files: [{ id: '1', name: 'a.png', size: 1, at: 1000 }], key: 'k' }
const day = 24 * 60 * 60 * 1000

beforeEach(() => localStorage.clear())
const findDraft = (at: DraftPlace, form: FormModel, now: number) => findDrafts(at, form, now)[0]

describe('drafts', () => {
  it('come back as they were kept', () => {
    keepDraft(place, draft, 2000)
    expect(findDraft(place, model, 3000)).toMatchObject({ ...draft, savedAt: 2000, place })
    dropDraft(place)
    expect(findDraft(place, model, 3000)).toBeUndefined()
  })

  it.each([
    ['tenant', { tenant: 'b' }],
    ['person', { person: 'q' }],
    ['desk', { desk: 'e' }],
    ['form', { form: 'g' }],
    ['earlier version', { version: 1 }],
  ])('of another %s are not shown', (_, change) => {
    keepDraft(place, draft, 2000)
    expect(findDraft({ ...place, ...change }, model, 3000)).toBeUndefined()
  })

  it('of an earlier version give what the form still has, under a new key', () => {
    keepDraft({ ...place, version: 1 }, draft, 2000)
    const found = findDraft(place, model, 3000)
    expect(found?.values).toEqual({ title: 'x' })
    expect(found?.key).not.toBe('k')
  })

  it('typed before signing in are another place', () => {
    keepDraft({ ...place, person: anonymous }, draft, 2000)
    expect(findDraft(place, model, 3000)).toBeUndefined()
    expect(findDraft({ ...place, person: anonymous }, model, 3000)?.values).toEqual(draft.values)
  })

  it('of several tabs are all found, the latest first', () => {
    keepDraft(place, draft, 2000)
    keepDraft({ ...place, slot: 'b' }, { ...draft, key: 'l' }, 2500)
    expect(findDrafts(place, model, 3000).map((one) => [one.place.slot, one.key])).toEqual([
      ['b', 'l'],
      [undefined, 'k'],
    ])
  })

  it('that were sent from another tab are no drafts any more; what was added since is, under a new key', () => {
    keepDraft(place, draft, 2000)
    noteSent('k', digest({ ...draft, values: { gone: 'y', title: 'x', empty: ' ' } }), 2100)
    expect(findDraft(place, model, 3000)).toBeUndefined()
    expect(localStorage.getItem('opora.draft|a|p|d|f|2')).toBeNull()
    keepDraft(place, { ...draft, values: { title: 'more' } }, 2200)
    expect(findDraft(place, model, 3000)?.key).toMatch(/^[0-9a-f]{32}$/)
    noteSent('other', 'x', 2100 + day)
    expect(sentAs('k')).toBeUndefined()
  })

  it('forget files after a day, as the server does, and everything after two months', () => {
    keepDraft(place, draft, 2000)
    expect(findDraft(place, model, 1000 + day)?.files).toEqual([])
    expect(findDraft(place, model, 1000 + day)?.values).toEqual(draft.values)
    expect(findDraft(place, model, 2001 + 60 * day)).toBeUndefined()
  })

  it.each(['', '{', 'null', '[]', '{"values":[],"files":[],"key":"k","savedAt":1}', '{"values":{},"files":{}}'])('that are broken (%s) are none', (text) => {
    keepDraft(place, draft, 2000)
    const name = localStorage.key(0) as string
    localStorage.setItem(name, text)
    expect(findDraft(place, model, 3000)).toBeUndefined()
  })

  it('keep nothing apart only by where a separator falls', () => {
    keepDraft({ ...place, tenant: 'a|p', person: 'd' }, draft, 2000)
    expect(findDraft({ ...place, tenant: 'a', person: 'p|d' }, model, 3000)).toBeUndefined()
  })
})

describe('touched', () => {
  it('is what a person changed, not what the form began with', () => {
    const initial = { name: 'x' }
    expect(touched({ name: 'x' }, [], initial)).toBe(false)
    expect(touched({ name: 'x', title: '' }, [], initial)).toBe(false)
    expect(touched({}, [], initial)).toBe(true)
    expect(touched({ name: 'x', title: 'y' }, [], initial)).toBe(true)
    expect(touched({ name: 'x' }, draft.files, initial)).toBe(true)
  })
})

describe('newKey', () => {
  it('is never the same', () => {
    expect(new Set(Array.from({ length: 100 }, newKey)).size).toBe(100)
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/)
  })
})
