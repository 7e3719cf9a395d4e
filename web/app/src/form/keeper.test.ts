import { beforeEach, expect, it } from 'vitest'

import { anonymous, findDrafts, type Found } from './draft'
import { type Contents, Keeper } from './keeper'
import type { FormModel } from './model'

const model = { fields: new Map([['/title', {}]]) } as unknown as FormModel
const place = { tenant: 'a', person: 'p', desk: 'd', form: 'f', version: 2 }
const found = (at = place) => findDrafts(at, model, 9000)
const titles = () => found().map((one) => one.values.title)
const contents = (title: string, key: string): Contents => ({ values: title ? { title } : {}, files: [], key })

/** A tab of its own: what it remembers over a reload is not the other's. */
function tab(key: string): Keeper {
  sessionStorage.clear()
  const latest = found()[0]
  return new Keeper(place, {}, latest ?? contents('', key), latest)
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

it('two tabs with the same empty form keep both texts', () => {
  const a = tab('a')
  const b = tab('b')
  expect(a.save(contents('first', 'a'), 1000)).toBe('a')
  const key = b.save(contents('second', 'b'), 2000)
  expect(titles()).toEqual(['second', 'first'])
  expect(b.save(contents('second, more', key), 3000)).toBe(key)
  a.save(contents('first, more', 'a'), 4000)
  expect(titles()).toEqual(['first, more', 'second, more'])
})

it('a tab in which nothing was typed writes nothing and takes nothing away', () => {
  const a = tab('a')
  const b = tab('b')
  a.save(contents('text', 'a'), 1000)
  b.save(contents('', 'b'), 2000)
  expect(titles()).toEqual(['text'])
})

it('the same draft in two tabs parts where both go on with it, and never under one key', () => {
  tab('a').save(contents('text', 'a'), 1000)
  const first = tab('x')
  const second = tab('y')
  expect(second.save(contents('text of the second', 'a'), 2000)).toBe('a')
  expect(first.save(contents('text of the first', 'a'), 3000)).not.toBe('a')
  expect(titles()).toEqual(['text of the first', 'text of the second'])
  expect(new Set(found().map((one) => one.key)).size).toBe(2)
})

it('what was sent from one tab does not come back from another; what was added to it does, under a key of its own', () => {
  tab('a').save(contents('text', 'a'), 1000)
  const first = tab('x')
  const idle = tab('y')
  const busy = tab('z')
  first.finish(contents('text', 'a'), 2000)
  expect(titles()).toEqual([])
  idle.save(contents('text', 'a'), 3000)
  expect(titles()).toEqual([])
  expect(busy.save(contents('text and more', 'a'), 4000)).not.toBe('a')
  expect(titles()).toEqual(['text and more'])
})

it('after sending, another tab’s draft stays, and this tab begins empty', () => {
  const a = tab('a')
  const b = tab('b')
  a.save(contents('first', 'a'), 1000)
  b.save(contents('second', 'b'), 2000)
  a.finish(contents('first', 'a'), 3000)
  expect(titles()).toEqual(['second'])
  b.drop()
  expect(titles()).toEqual([])
})

it('a draft that is discarded leaves what another tab wrote at its place', () => {
  tab('a').save(contents('text', 'a'), 1000)
  const a = tab('x')
  const b = tab('y')
  b.save(contents('text, more', 'a'), 2000)
  a.drop()
  a.restart(contents('', 'n'))
  a.save(contents('new', 'n'), 3000)
  expect(titles()).toEqual(['new', 'text, more'])
})

it('a draft from before signing in moves when it is taken, beside what stood here', () => {
  const nobody = { ...place, person: anonymous }
  new Keeper(nobody, {}, contents('', 'n'), undefined).save(contents('typed by nobody', 'n'), 1000)
  const own = tab('a')
  own.save(contents('own', 'a'), 2000)
  const other = found(nobody)[0] as Found
  own.take(place, other, contents('typed by nobody', 'k'))
  expect(found(nobody)).toHaveLength(1)
  own.save(contents('typed by nobody', 'k'), 3000)
  expect(titles()).toEqual(['typed by nobody', 'own'])
  expect(found(nobody)).toEqual([])
})
