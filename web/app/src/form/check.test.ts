import { describe, expect, it } from 'vitest'

import { type Check, isRequired, isVisible } from './check'

const check: Check = { visible: ['/title', '/users', '/users/*/name'], required: ['/title', '/users/*/name'], problems: [], proposed: {} }

describe('what the rules say', () => {
  it('shows what is visible, in every row', () => {
    expect(isVisible(check, '/title')).toBe(true)
    expect(isVisible(check, '/member')).toBe(false)
    expect(isVisible(check, '/users/7/name')).toBe(true)
    expect(isVisible(check, '/users/7/secret')).toBe(false)
  })

  it('says what is mandatory, whatever the schema says', () => {
    expect(isRequired(check, '/title', false)).toBe(true)
    expect(isRequired(check, '/users/0/name', false)).toBe(true)
    expect(isRequired(check, '/users', true)).toBe(false)
  })

  it('before the first answer everything is shown and the schema decides', () => {
    expect(isVisible(undefined, '/member')).toBe(true)
    expect(isRequired(undefined, '/member', true)).toBe(true)
    expect(isRequired(undefined, '/member', false)).toBe(false)
  })
})
