// The phone desk without a mouse: every key is counted.
import type { Page } from '@playwright/test'

import { as, expect, session, test } from './story'

/** The keyboard, with how often it was used: a typed text counts its letters apart from the other keys. */
function keyboard(page: Page) {
  const counted = { keys: 0, letters: 0 }
  return {
    counted,
    press: async (...keys: string[]) => {
      for (const key of keys) {
        counted.keys++
        await page.keyboard.press(key)
      }
    },
    type: async (text: string) => {
      counted.letters += [...text].length
      await page.keyboard.type(text)
    },
  }
}

test('a call is registered by keyboard alone, and its status is read out by number', async ({ page }) => {
  await session(page, 'kaliningrad', 'agent1')
  await page.goto('/t/kaliningrad/desk/phone')
  await expect(page.getByText('Техническая поддержка ЕСЭД, здравствуйте.')).toBeVisible()
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(page.getByRole('button', { name: 'Зарегистрировать' })).toBeVisible()
  const { press, type, counted } = keyboard(page)
  const caller = `Орлова Вера ${'абвгдежзик'[Date.now() % 10]}новна`
  // Enter in the empty search goes to the form, whose first field is the kind of the appeal.
  await press('Enter')
  await expect(page.getByRole('combobox', { name: /Вид обращения|Тип обращения/ }).or(page.locator('#short-form select').first())).toBeFocused()
  await press('End', 'Tab')
  await type('Не открывается карточка документа')
  await press('Tab')
  await type('Карточка входящего документа не открывается с утра.')
  await press('Tab')
  await type(caller)
  await press('Tab')
  await type('orlova@adm-guryevsk.example')
  await press('Control+Enter')
  await expect(page.getByRole('heading', { name: 'Обращение зарегистрировано' })).toBeVisible()
  const number = (await page.locator('.number').textContent()) ?? ''
  expect(number).toMatch(/^[A-Z]+-\d+$/)
  expect(counted.keys, 'keys beside the letters of the texts').toBeLessThanOrEqual(8)
  expect(counted.letters).toBeLessThan(170)

  const agent = await as('kaliningrad', 'agent1')
  const filed = (await (await agent.get(`tickets/${number}`)).json()) as { channel: string; requester: { name: string; verified: boolean } }
  expect(filed.channel).toBe('phone')
  expect(filed.requester.name).toBe(caller)
  expect(filed.requester.verified).toBe(false)

  // The next call: the same person asks what became of it.
  await press('Enter')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await type(number)
  await press('Enter')
  await expect(page.getByText('Найдено 1 обращение')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: number })).toContainText(/[A-Z] [A-Z].* – \d/)
  await press('ArrowDown')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: `Звонит ${caller}` })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('.phone__caller')).toContainText(caller)
  await expect(page.getByRole('textbox', { name: 'ФИО' }).or(page.getByRole('textbox', { name: /Фамилия/ })).first()).toHaveValue(caller)
})

test('a number that was misheard is told from one that does not exist', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/phone')
  await page.getByRole('searchbox').fill('WT-10018')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByRole('searchbox').fill('WT-10019')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'WT-10019' })).toBeVisible()
})
