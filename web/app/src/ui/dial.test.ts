import { describe, expect, it } from 'vitest'

import { dialled } from './dial'

describe('dialled', () => {
  it.each([
    ['8-800-200-72 доб. 67-12', 'tel:880020072;ext=6712'],
    ['+7 (3452) 12-34-56', 'tel:+73452123456'],
    ['8 (3022) 12–34–56, доб. 5', 'tel:83022123456;ext=5'],
    ['+7 495 123-45-67 ext 12', 'tel:+74951234567;ext=12'],
    ['112', 'tel:112'],
  ])('%s is dialled as %s', (text, address) => expect(dialled(text)).toBe(address))

  it.each(['8 800 200-72-00, 8 800 200-72-01 (круглосуточно)', '8-800-200-72-00 / 8-800-200-72-01', 'в приёмной', '88002007267128800200726712', ''])(
    '%s is no one number',
    (text) => expect(dialled(text)).toBeUndefined(),
  )
})
