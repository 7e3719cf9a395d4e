import { describe, expect, it } from 'vitest'

import { ApiError } from '../../api/problem'
import { field, inBoth, modelOf } from './build'
import { problemsOf } from './place'

const model = modelOf('Организация', [field('/slug', 'text', 'Имя'), ...inBoth('/title', { ru: 'Ру', en: 'Ен' }), field('/lines', 'rows', 'Линии'), field('/lines/*/title/ru', 'text', 'Название')])
const at = (error: unknown) => problemsOf(model, error).map((one) => one.at)

describe('problemsOf', () => {
  it('puts each problem at the field of its pointer, in the order of the form', () => {
    const errors = ['/lines/2/title/ru', '/body/slug', '/title/en/deep', '/unknown'].map((pointer) => ({ pointer, code: 'x', message: pointer }))
    expect(at(new ApiError(422, { code: 'invalid_request', errors }))).toEqual(['', '/slug', '/title/en', '/lines/2/title/ru'])
  })

  it('puts what is wrong with a text at its first language', () => {
    const errors = ['/title', '/lines/1/title'].map((pointer) => ({ pointer, code: 'title_needed', message: pointer }))
    expect(at(new ApiError(422, { code: 'invalid_fields', errors }))).toEqual(['/title/ru', '/lines/1/title/ru'])
  })

  it('leaves the rest to be told beside the button', () => {
    expect(at(new ApiError(409, { code: 'no_login', detail: 'Не входит' }))).toEqual([])
    expect(at(new ApiError(409, { code: 'last_administrator', detail: 'Последний' }))).toEqual([])
    expect(at(new Error('сеть'))).toEqual([])
  })
})
