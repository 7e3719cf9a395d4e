// What every page must bear: both colour schemes, a wide and a narrow screen.
import type { Page } from '@playwright/test'

import { accessible, expect } from './story'

const wide = { width: 1280, height: 900 }
const narrow = { width: 390, height: 844 }

/** Nothing sticks out of the screen's width. */
async function fits(page: Page, state: string) {
  const { over, who } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const out = [...document.querySelectorAll('main *')].find((element) => element.getBoundingClientRect().right > width + 1)
    return { over: document.documentElement.scrollWidth - width, who: out?.outerHTML.slice(0, 200) }
  })
  expect(over, `${state}: pixels that stick out to the right, ${who}`).toBeLessThanOrEqual(0)
}

/** Looks at a page as it stands: light and wide, then dark and narrow. */
export async function look(page: Page, state: string) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await accessible(page, state)
  await fits(page, state)
  await page.setViewportSize(narrow)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await accessible(page, state)
  await fits(page, `${state}, ${narrow.width} pixels wide`)
  await page.setViewportSize(wide)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light')
}
