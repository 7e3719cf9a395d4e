import { describe, expect, it } from 'vitest'

import { partOf } from './parts'

describe('partOf', () => {
  it.each([
    ['/t/ugra/desk/tickets/WT-1', 'desk'],
    ['/t/ugra/desk/', 'desk'],
    ['/t/ugra/admin/goszakaz/nothing', 'admin'],
    ['/operator/tenants/desk', 'operator'],
    ['/t/ugra/tickets/desk', 'requester'],
    ['/t/desk/', 'requester'],
    ['/x/y/desk', 'requester'],
    ['/', 'requester'],
  ])('%s is of the %s pages', (address, part) => expect(partOf(address)).toBe(part))
})
