// Every page of the agents and of the operator: axe, both languages, both colour schemes, a narrow screen.
import type { Page } from '@playwright/test'

import { appeal, open } from './desk'
import { accessible, expect, password, session, test } from './story'

const looks = [
  { locale: 'ru-RU', colorScheme: 'light', width: 1280 },
  { locale: 'en-US', colorScheme: 'dark', width: 390 },
  { locale: 'ru-RU', colorScheme: 'dark', width: 1280 },
  { locale: 'en-US', colorScheme: 'light', width: 1280 },
] as const

async function fits(page: Page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, 'pixels that stick out to the right').toBeLessThanOrEqual(0)
}

async function look(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await accessible(page)
  await fits(page)
}

for (const { locale, colorScheme, width } of looks) {
  test.describe(`${locale}, ${colorScheme}, ${width} px`, () => {
    test.use({ locale, colorScheme, viewport: { width, height: 900 } })

    test('console', async ({ page }) => {
      await page.goto('/t/zabaikalye/desk/')
      await expect(page.getByRole('textbox').first()).toBeVisible()
      await look(page)
      await session(page, 'zabaikalye', 'agent1')
      await page.goto('/t/zabaikalye/desk/')
      await expect(page.getByRole('table')).toBeVisible()
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await look(page)
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog')).toBeVisible()
      await accessible(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
      await page.keyboard.press('Control+k')
      await expect(page.getByRole('dialog')).toBeVisible()
      await accessible(page)
      await page.goto('/t/zabaikalye/desk/?q=несуществующее')
      await expect(page.getByText(/По этому отбору обращений нет|No tickets match/)).toBeVisible()
      await look(page)

    })

    test('ticket', async ({ page }) => {
      const number = await appeal(`Подстрочнопримечательные сведения о неотправляемых планах-графиках ${Date.now()}`)
      await session(page, 'zabaikalye', 'agent1')
      await open(page, 'zabaikalye', number)
      await page.keyboard.press('w')
      await expect(page.getByText('route-documents')).toBeVisible()
      await look(page)
      await page.keyboard.press('n')
      await page.keyboard.type('Заметка')
      await look(page)
      await page.keyboard.press('Escape')
      await page.keyboard.press('h')
      await expect(page.getByRole('dialog')).toBeVisible()
      await accessible(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
      await page.keyboard.press('2')
      await expect(page.getByRole('dialog')).toBeVisible()
      await page.keyboard.press('Control+Enter')
      await accessible(page)
      await page.keyboard.press('Escape')
      await page.keyboard.press('e')
      await expect(page.getByRole('button', { name: /^(Сохранить|Save)$/ })).toBeVisible()
      await look(page)
    })

    test('phone', async ({ page }) => {
      await session(page, 'kaliningrad', 'agent1')
      await page.goto('/t/kaliningrad/desk/phone')
      await expect(page.getByRole('button', { name: /Зарегистрировать|Register/ })).toBeVisible()
      await look(page)
      await page.getByRole('button', { name: /Зарегистрировать|Register/ }).click()
      await expect(page.getByRole('alert').first()).toBeVisible()
      await look(page)
      await session(page, 'zabaikalye', 'agent1')
      await page.goto('/t/zabaikalye/desk/phone')
      await page.getByRole('searchbox').fill('WT-10019')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('link', { name: 'WT-10019' })).toBeVisible()
      await look(page)

    })

    test('operator', async ({ page }) => {
      await page.goto('/operator/')
      await expect(page.getByRole('textbox').first()).toBeVisible()
      await look(page)
      await page.getByRole('textbox').first().fill('operator@opora.example')
      await page.getByLabel(/^(Пароль|Password)$/).fill(password)
      await page.keyboard.press('Enter')
      await expect(page.getByRole('table')).toHaveCount(3)
      await expect(page.getByText('procurement-webtorgi').first()).toBeVisible()
      await look(page)
    })
  })
}
