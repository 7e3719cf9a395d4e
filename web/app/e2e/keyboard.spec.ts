// Every page by keyboard: all that can be pressed is reached by Tab, and where the focus stands is seen.
import type { Page } from '@playwright/test'

import { appeal } from './desk'
import { expect, session, test } from './story'

/** Walks a page with Tab, and tells what was never reached and where the focus was not to be seen. */
async function walk(page: Page) {
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    window.getSelection()?.removeAllRanges()
    const shown = (element: Element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
    const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(
      (element) => shown(element) && element.tabIndex >= 0 && !(element as HTMLButtonElement).disabled && element.getAttribute('type') !== 'hidden',
    )
    // Of radio buttons with one name the Tab key reaches one.
    const names = new Set<string>()
    const wanted = all.filter((element) => {
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
      if (names.has(element.name)) return false
      names.add(element.name)
      return true
    })
    for (const [i, element] of wanted.entries()) element.dataset.walk = String(i)
    for (const name of names) for (const radio of document.querySelectorAll<HTMLElement>(`input[name="${name}"]`)) radio.dataset.walk ??= radio.parentElement?.closest('[role=radiogroup], fieldset')?.querySelector<HTMLElement>('[data-walk]')?.dataset.walk ?? ''
  })
  const wanted = await page.evaluate(() => [...new Set([...document.querySelectorAll<HTMLElement>('[data-walk]')].map((element) => element.dataset.walk))].length)
  const unseen: string[] = []
  const reached = new Set<string>()
  for (let i = 0; i < wanted + 12; i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return undefined
      // A control of which only a picture is shown has its outline there, a link that fills a row around the row.
      const places = [element, element.parentElement, element.nextElementSibling].filter((one) => one instanceof Element)
      const styles = [...places.map((place) => getComputedStyle(place)), getComputedStyle(element, '::after')]
      const seen = styles.some((style) => style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2)
      return { walk: element.dataset.walk, seen, html: element.outerHTML.slice(0, 160) }
    })
    if (at?.walk !== undefined) reached.add(at.walk)
    if (at && !at.seen) unseen.push(at.html)
  }
  const missed = await page.evaluate((reached) => [...document.querySelectorAll<HTMLElement>('[data-walk]')].filter((element) => !reached.includes(element.dataset.walk ?? '')).map((element) => element.outerHTML.slice(0, 160)), [...reached])
  return { wanted, missed, unseen }
}

async function walked(page: Page, what: string) {
  const { wanted, missed, unseen } = await walk(page)
  expect(wanted, `${what}: things to press`).toBeGreaterThan(2)
  expect(missed, `${what}: not reached by Tab`).toEqual([])
  expect(unseen, `${what}: the focus is not to be seen`).toEqual([])
}

test('a requester’s pages', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('textbox')).toBeVisible()
  await walked(page, 'choosing a tenant')
  await page.goto('/t/tyumen/')
  await expect(page.getByLabel('Пароль', { exact: true })).toBeVisible()
  await walked(page, 'catalogue without a session')
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/')
  await expect(page.getByRole('link', { name: 'Обращение в техническую поддержку' })).toBeVisible()
  await walked(page, 'catalogue')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await expect(page.getByLabel('Заголовок')).toBeVisible()
  await walked(page, 'form')
  await page.goto('/t/zabaikalye/tickets?on=true')
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await walked(page, 'tickets, filter')
  // One that nobody else works on: what comes to the page meanwhile would be walked past.
  await page.goto(`/t/zabaikalye/tickets/${await appeal(`Обход клавишами ${Date.now()}`)}`)
  await expect(page.getByLabel('Текст')).toBeVisible()
  await walked(page, 'ticket')
})

test('forms with choices, rows and files', async ({ page }) => {
  for (const [tenant, path] of [['minzdrav', 'accreditation/request'], ['kaliningrad', 'docflow/request'], ['tyumen', 'portal/access-institution']] as const) {
    await session(page, tenant, 'requester')
    await page.goto(`/t/${tenant}/file/${path}`)
    await expect(page.locator('.group').first()).toBeVisible()
    await walked(page, path)
  }
})

test('the agents’ pages', async ({ page }) => {
  await session(page, 'kaliningrad', 'agent1')
  await page.goto('/t/kaliningrad/desk/phone')
  await expect(page.getByRole('button', { name: 'Зарегистрировать' })).toBeVisible()
  await walked(page, 'phone desk')
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/')
  await expect(page.getByRole('table')).toBeVisible()
  await walked(page, 'list')
  await page.goto('/t/zabaikalye/desk/tickets/WT-10019')
  await expect(page.getByRole('textbox', { name: 'Ответ заявителю' })).toBeVisible()
  await walked(page, 'ticket of an agent')
})

test('a page is reached and left by keyboard alone', async ({ page }) => {
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/')
  await expect(page.getByRole('link', { name: 'Обращение в техническую поддержку' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Перейти к содержанию' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Обращение в техническую поддержку' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Обращение в техническую поддержку' })).toBeFocused()
  for (let i = 0; i < 40 && !(await page.getByLabel('Заголовок').evaluate((input) => input === document.activeElement)); i++) await page.keyboard.press('Tab')
  await expect(page.getByLabel('Заголовок')).toBeFocused()
})
