import { describe, expect, it } from 'vitest'

import { ApiError } from '../../../api/problem'
import { remainder } from './refusing'

const problem = (pointer: string) => ({ pointer, code: 'required', message: pointer })
const refused = (...pointers: string[]) => {
  const failure = new ApiError(422, { code: 'invalid_fields', errors: pointers.map(problem) })
  return { failure, errors: failure.errors, placed: ['/cause'] }
}

describe('what is told below a form', () => {
  it('is nothing when all stands at its inputs', () => {
    expect(remainder(refused('/text', '/cause'), ['/text'])).toBeUndefined()
    expect(remainder({ errors: [problem('/text')], placed: [] }, ['/text'])).toBeUndefined()
  })

  it('is what no input shows', () => {
    expect(remainder(refused('/text', '/cause', '/attachments'), ['/text'])?.problems.map(({ pointer }) => pointer)).toEqual(['/attachments'])
    expect(remainder(refused('/text'), [])?.problems).toHaveLength(1)
    expect(remainder(refused(), ['/text'])?.problems).toEqual([])
  })
})
