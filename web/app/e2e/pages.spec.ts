// Every page and every state of a form: axe, both languages, both colour schemes, a narrow screen.
import type { Page } from '@playwright/test'

import { accessible, as, expect, session, test } from './story'

const looks = [
  { locale: 'ru-RU', colorScheme: 'light', width: 1280 },
  { locale: 'en-US', colorScheme: 'dark', width: 390 },
  { locale: 'ru-RU', colorScheme: 'dark', width: 390 },
  { locale: 'en-US', colorScheme: 'light', width: 1280 },
] as const

const forms = [
  { tenant: 'zabaikalye', path: 'webtorgi/appeal' },
  { tenant: 'minzdrav', path: 'accreditation/request' },
  { tenant: 'ugra', path: 'goszakaz/request' },
  { tenant: 'kaliningrad', path: 'docflow/request' },
  { tenant: 'tyumen', path: 'portal/request' },
  { tenant: 'tyumen', path: 'portal/mailbox' },
] as const

/** Nothing sticks out of the screen's width. */
async function fits(page: Page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, 'pixels that stick out to the right').toBeLessThanOrEqual(0)
}

async function look(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await accessible(page)
  await fits(page)
}

for (const { locale, colorScheme, width } of looks) {
  test.describe(`${locale}, ${colorScheme}, ${width} px`, () => {
    test.use({ locale, colorScheme, viewport: { width, height: 900 } })

    test('without a session', async ({ page }) => {
      await page.goto('/')
      await look(page)
      await page.getByRole('button', { name: /Продолжить|Continue/ }).click()
      await expect(page.getByText(/Введите короткое имя|Enter the short name/)).toBeVisible()
      await accessible(page)
      await page.getByRole('textbox').fill('nobody-here')
      await page.getByRole('button', { name: /Продолжить|Continue/ }).click()
      await expect(page.getByText(/Такого имени нет|There is no such name/)).toBeVisible()
      await page.getByRole('textbox').fill('tyumen')
      await page.getByRole('textbox').press('Enter')
      await expect(page).toHaveURL(/\/t\/tyumen/)
      await expect(page.getByLabel(/^(Пароль|Password)$/)).toBeVisible()
      await look(page)
      await page.goto('/t/tyumen/file/portal/request')
      await expect(page.getByLabel(/^(Пароль|Password)$/)).toBeVisible()
      await look(page)
      await page.goto('/t/nobody-here/')
      await look(page)
    })

    // The looks differ by language, scheme and width, not by form: two forms stand for all in the last two.
    for (const { tenant, path } of looks.findIndex((one) => one.locale === locale && one.colorScheme === colorScheme) < 2 ? forms : [forms[0], forms[3]]) {
      test(`form ${path}, empty and wrong`, async ({ page }) => {
        await session(page, tenant, 'requester')
        await page.goto(`/t/${tenant}/file/${path}`)
        await look(page)
        // Some forms are complete by the profile alone.
        await page.locator('form .group input[type=text]').first().fill('')
        await page.locator('form button[type=submit]').click()
        await expect(page.locator('.summary')).toBeFocused()
        await look(page)
        // Each link of the summary leads to an input of the form.
        for (const link of await page.locator('.summary a').all()) {
          await link.click()
          const inside = await page.evaluate(() => document.activeElement?.closest('form') !== null && document.activeElement?.matches('input, select, textarea, button, fieldset'))
          expect(inside, await link.textContent() ?? '').toBe(true)
        }
      })
    }

    test('lists and tickets', async ({ page }) => {
      await session(page, 'zabaikalye', 'requester')
      await page.goto('/t/zabaikalye/')
      await expect(page.getByText('WEB-Торги-КС').or(page.getByText('WEB-Torgi')).first()).toBeVisible()
      await look(page)
      await page.goto('/t/zabaikalye/tickets')
      await expect(page.getByRole('row').first()).toBeAttached()
      await look(page)
      await page.getByRole('switch').click()
      await look(page)
      const requester = await as('zabaikalye', 'requester')
      const { items } = (await (await requester.get('tickets', { params: { mine: 'true' } })).json()) as { items: { number: string }[] }
      await page.goto(`/t/zabaikalye/tickets/${items[0]?.number}`)
      await expect(page.locator('.entry').first()).toBeVisible()
      await look(page)
      await page.locator('.ticket form button[type=submit]').click()
      await expect(page.getByText(/Напишите текст|Write a text/)).toBeVisible()
      await accessible(page)
      await page.goto('/t/zabaikalye/tickets/WT-99999')
      await look(page)
      await page.context().clearCookies()
      await page.goto('/t/zabaikalye/tickets')
      await expect(page.getByRole('dialog')).toBeVisible()
      await accessible(page)
    })
  })
}

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

test('the language of the page, of its texts and of the server changes without losing what was typed', async ({ page }) => {
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await page.getByLabel('Заголовок').fill('Не теряется')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Не теряется')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: 'Русский' }).click()
  await expect(page.getByLabel('Заголовок')).toHaveValue('Не теряется')
})
