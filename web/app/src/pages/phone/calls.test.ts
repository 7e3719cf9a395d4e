import { beforeEach, describe, expect, it } from 'vitest'

import { type DraftPlace, keepDraft } from '../../form/draft'
import { begun, forgetDrafts, keepCall, readCalls, takeCall } from './calls'

const shelf = 'opora.calls|tenant|agent'
const day = 24 * 60 * 60 * 1000
const place = (id: string): DraftPlace => ({ tenant: 'tenant', person: 'agent phone', desk: `desk ${id}`, form: 'request', version: 1 })

describe('the calls on this device', () => {
  beforeEach(() => localStorage.clear())

  it('keep each its caller and when typing began', () => {
    const call = { ...begun('desk'), caller: { id: '1', name: 'Орлова Вера', verified: true } }
    keepCall(shelf, call, { place: place(call.id), typed: false }, 1000)
    keepCall(shelf, call, { place: place(call.id), typed: true, name: 'Орлова Вера' }, 2000)
    keepCall(shelf, { ...call, form: 'other' }, {}, 3000)
    expect(readCalls(shelf, 4000)).toEqual([{ ...call, form: 'other', said: undefined, at: 2000, typed: true, name: 'Орлова Вера', places: [place(call.id)] }].map((one) => JSON.parse(JSON.stringify(one)) as unknown))
  })

  it('that are taken or too old leave no draft', () => {
    const [typed, untyped] = [begun('desk'), begun('desk')]
    for (const call of [typed, untyped]) {
      keepDraft(place(call.id), { values: { title: 'x' }, files: [], key: 'k' }, 1000)
      keepCall(shelf, call, { place: place(call.id), typed: call === typed }, 1000)
    }
    expect(readCalls(shelf, 1000 + 2 * day).map(({ id }) => id)).toEqual([typed.id])
    const taken = takeCall(shelf, typed.id)
    if (taken) forgetDrafts(taken)
    expect(localStorage.length).toBe(0)
  })
})
