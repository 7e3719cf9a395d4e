// Every page and box of the agents' console: axe, both languages, both colour schemes, a narrow screen.
import type { Page } from '@playwright/test'

import { answerAs, appeal, open } from './desk'
import { accessible, as, expect, session, test } from './story'

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

/** Looks at a box over the page and closes it. */
async function lookAtBox(page: Page) {
  await expect(page.getByRole('dialog')).toBeVisible()
  await accessible(page)
  await fits(page)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

for (const { locale, colorScheme, width } of looks) {
  test.describe(`${locale}, ${colorScheme}, ${width} px`, () => {
    test.use({ locale, colorScheme, viewport: { width, height: 900 } })
    test.setTimeout(180_000)

    test('list', async ({ page }) => {
      await appeal(`Подстрочнопримечательные сведения о неотправляемых планах-графиках ${Date.now()}`)
      await page.goto('/t/zabaikalye/desk/')
      await expect(page.getByRole('textbox').first()).toBeVisible()
      await look(page)
      await session(page, 'zabaikalye', 'admin')
      await page.goto('/t/zabaikalye/desk/?columns=/type,/registry_numbers,/document')
      await expect(page.getByRole('table')).toBeVisible()
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await look(page)
      await page.getByRole('button', { name: /^(Столбцы|Columns)/ }).click()
      await lookAtBox(page)
      await page.keyboard.press('s')
      await lookAtBox(page)
      await page.keyboard.press('?')
      await lookAtBox(page)
      await page.keyboard.press('Control+k')
      await page.keyboard.type('WT-10019')
      await expect(page.getByRole('dialog')).toContainText('WT-10019')
      await lookAtBox(page)
      await page.goto('/t/zabaikalye/desk/?q=несуществующее')
      await expect(page.getByText(/По этому отбору обращений нет|No tickets match/)).toBeVisible()
      await look(page)
    })

    test('ticket', async ({ page }) => {
      const registry = `88${Date.now()}${width}`
      await appeal(`Основное ${registry}`, registry)
      const number = await appeal(`Подстрочнопримечательные сведения о неотправляемых планах-графиках ${registry}`, registry)
      const admin = await as('zabaikalye', 'admin')
      const made = await admin.post('desks/webtorgi/templates', { data: { title: `Взгляд ${registry}`, text: 'Здравствуйте, {requester}!', visibility: 'public' } })
      const template = (await made.json()) as { id: string }
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
      await lookAtBox(page)
      await page.keyboard.press('r')
      await page.keyboard.press('/')
      await lookAtBox(page)
      // A change of status that lacks its comment, and one that needs a base.
      await page.getByRole('button', { name: /^(Запросить недостающие данные|Ask for the missing data)$/ }).click()
      await page.keyboard.press('Control+Enter')
      await lookAtBox(page)
      await page.getByRole('button', { name: /^(Дублирующее|Duplicate)$/ }).click()
      await expect(page.getByRole('dialog').getByRole('radio').first()).toBeVisible()
      await lookAtBox(page)
      await page.getByRole('button', { name: /^(Исправить данные|Edit the data)/ }).click()
      await expect(page.getByRole('button', { name: /^(Сохранить|Save)$/ })).toBeVisible()
      await look(page)
      await page.getByRole('button', { name: /^(Отмена|Cancel)$/ }).click()
      await page.keyboard.press('r')
      await page.keyboard.type('Мой ответ.')
      await answerAs('agent2', number, 'Чужой ответ.', 'keep')
      await expect(page.getByText('Чужой ответ.').first()).toBeVisible()
      await answerAs('agent2', number, 'Чужое закрытие.', 'close')
      await expect(page.getByText('Чужое закрытие.').first()).toBeVisible()
      await page.keyboard.press('Control+Enter')
      await lookAtBox(page)
      expect((await admin.delete(`desks/webtorgi/templates/${template.id}`)).status()).toBe(204)
    })
  })
}
