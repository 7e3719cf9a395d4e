import { describe, expect, it } from 'vitest'

import { clean, cleaned, given, parts, pattern, present, valueAt, withValue } from './pointer'

describe('pointers', () => {
  it('are read with their escapes', () => {
    expect(parts('/a~1b/c~0d/0')).toEqual(['a/b', 'c~d', '0'])
    expect(parts('')).toEqual([])
    expect(pattern('/users/10/name')).toBe('/users/*/name')
    expect(pattern('/a1/b2')).toBe('/a1/b2')
  })

  it('reach into objects and rows without changing what was there', () => {
    const before = { users: [{ name: 'a' }, { name: 'b' }], title: 'x' }
    const after = withValue(before, '/users/1/name', 'c')
    expect(after).toEqual({ users: [{ name: 'a' }, { name: 'c' }], title: 'x' })
    expect(before.users[1]?.name).toBe('b')
    expect(valueAt(after, '/users/1/name')).toBe('c')
    expect(valueAt(after, '/users/9/name')).toBeUndefined()
    expect(withValue(before, '/title', undefined)).toEqual({ users: before.users })
    expect(withValue({}, '/users/0/name', 'a')).toEqual({ users: [{ name: 'a' }] })
    expect(withValue({}, '/numbers/0', '1')).toEqual({ numbers: ['1'] })
    expect(withValue({}, '/place/city', 'Чита')).toEqual({ place: { city: 'Чита' } })
  })
})

describe('present and given', () => {
  it.each([[undefined], [null], [''], ['  '], [[]], [{}], [{ a: '' }], [{ a: { b: null } }]])('%j is not given', (value) => expect(present(value)).toBe(false))
  it.each([[false], [0], ['x'], [['']], [{ a: false }]])('%j is given', (value) => expect(present(value)).toBe(true))

  it('drops what is blank, also rows, so that pointers count what is sent', () => {
    expect(given({ a: ' ', b: ['', '1', ' '], c: [{ x: '' }, { x: 'y', z: '' }], d: false, e: 0 })).toEqual({ b: ['1'], c: [{ x: 'y' }], d: false, e: 0 })
  })
})

describe('clean', () => {
  it('drops control characters, keeps tabs and ends of lines', () => {
    expect(clean('a\u0000b\u0007c\td\r\ne\rf\u001b\u007f')).toBe('abc\td\ne\nf')
    expect(clean('a\vb\fc')).toBe('a b c')
    expect(cleaned({ a: ['\u0000x', { b: 'y\u0001' }], n: 1, z: null })).toEqual({ a: ['x', { b: 'y' }], n: 1, z: null })
    expect(given({ a: '\u0000', b: 'x\u0000' })).toEqual({ b: 'x' })
  })
})
