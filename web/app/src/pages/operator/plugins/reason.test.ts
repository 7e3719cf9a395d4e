import { describe, expect, it } from 'vitest'

import { endOf } from './reason'

describe('endOf', () => {
  it('reads what the core says of an end', () => {
    expect(endOf('ended: signal: killed')).toEqual({ key: 'signal', signal: 'KILLED' })
    expect(endOf('ended: exit status 3')).toEqual({ key: 'exit', code: '3' })
    expect(endOf('ended by itself')).toEqual({ key: 'self' })
    expect(endOf('hangs: 3 health checks missed')).toEqual({ key: 'hangs', count: 3 })
    expect(endOf('uses 300 MiB of memory, more than 256')).toEqual({ key: 'uses', used: 300, limit: 256 })
    expect(endOf('needed more than 256 MiB of memory and ended: signal: killed')).toEqual({ key: 'needed', limit: 256 })
  })

  it('leaves the core its own sentences', () => {
    expect(endOf('version 2.0.0 did not take over: no such file')).toBeUndefined()
  })
})
