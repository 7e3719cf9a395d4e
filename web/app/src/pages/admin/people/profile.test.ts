import { describe, expect, it } from 'vitest'

import { patchOf } from './profile'

const before = { name: 'Анна', email: 'a@b.example', phone: '', position: undefined, kind: 'staff', organisation: { name: 'Школа', inn: '7801' }, login: true }

describe('patchOf', () => {
  it('is empty where nothing changed', () => expect(patchOf(before, { ...before, phone: undefined, position: '' })).toEqual({}))

  it('holds what changed only, and empties', () => {
    expect(patchOf(before, { ...before, name: 'Анна Б.', email: undefined, login: false })).toEqual({ name: 'Анна Б.', email: '', login: false })
  })

  it('changes and takes away the organisation', () => {
    expect(patchOf(before, { ...before, organisation: { name: 'Школа', inn: '7802' } })).toEqual({ organisation: { name: 'Школа', inn: '7802' } })
    expect(patchOf(before, { ...before, organisation: undefined })).toEqual({ organisation: null })
    expect(patchOf({ ...before, organisation: undefined }, before)).toEqual({ organisation: { name: 'Школа', inn: '7801' } })
  })
})
