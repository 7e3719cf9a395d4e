// Where the focus stands after something has gone, and what is said of what comes.
import type { Page } from '@playwright/test'

import { answerAs, appeal, open } from './desk'
import { as, expect, password, session, test } from './story'

const somewhere = (page: Page) => expect(() => page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body).then((on) => expect(on).toBe(true))).toPass({ timeout: 5000 })

test('the form of corrections takes the focus and gives it back', async ({ page }) => {
  const number = await appeal(`Фокус правки ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.keyboard.press('e')
  const form = page.getByRole('form', { name: 'Исправление данных' })
  await expect(() => form.evaluate((element) => element.contains(document.activeElement)).then((inside) => expect(inside).toBe(true))).toPass({ timeout: 5000 })
  await page.getByRole('button', { name: 'Отмена' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Исправить данные' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Описание обращения' }).fill('Исправленное описание обращения.')
  await page.getByRole('button', { name: 'Сохранить' }).press('Enter')
  await expect(page.getByText('Данные сохранены')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Исправить данные' })).toBeFocused()
})

test('the focus does not fall off the page after a box, an assignment, a sign-in', async ({ page }) => {
  const number = await appeal(`Фокус окон ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.getByRole('button', { name: 'Взять себе' }).press('Enter')
  await expect(page.getByText('Обращение взято')).toBeVisible()
  await somewhere(page)

  await page.getByRole('button', { name: /Запросить недостающие данные/ }).press('Enter')
  await page.getByRole('dialog').getByRole('textbox').fill('Пришлите номер документа.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await somewhere(page)

  const box = page.getByRole('textbox', { name: 'Ответ заявителю' })
  await box.fill('Мой ответ.')
  await answerAs('agent2', number, 'Чужой ответ.', 'close')
  await expect(page.getByText('Чужой ответ.').first()).toBeVisible()
  await box.press('Control+Shift+Enter')
  const late = page.getByRole('dialog', { name: 'Обращение успели изменить' })
  await late.getByRole('button', { name: 'Вернуться к правке' }).press('Enter')
  await expect(box).toBeFocused()

  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Снять исполнителя' }).press('Enter')
  const login = page.getByRole('dialog', { name: 'Вход' })
  await login.getByLabel('Адрес электронной почты').fill('agent1@zabaikalye.example')
  await login.getByLabel('Пароль', { exact: true }).fill(password)
  await login.getByRole('button', { name: 'Войти' }).press('Enter')
  await expect(login).toHaveCount(0)
  await somewhere(page)
})

test('who left a text by Esc is not led back into it when a box closes', async ({ page }) => {
  const number = await appeal(`Фокус после Esc ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.keyboard.press('n')
  await page.keyboard.type('Заметка')
  await page.keyboard.press('Escape')
  await page.keyboard.press('h')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await page.keyboard.press('r')
  await expect(page.getByRole('textbox', { name: 'Ответ заявителю' })).toBeFocused()
  await page.getByRole('tab', { name: 'Внутренняя заметка' }).click()
  await expect(page.getByRole('textbox', { name: 'Внутренняя заметка' })).toHaveValue('Заметка')
})

test('what comes while a ticket is open is said and marked', async ({ page }) => {
  const number = await appeal(`Новое ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await expect(page.getByText('Обновляется сама')).toBeVisible()
  const requester = await as('zabaikalye', 'requester')
  const said = await requester.post(`tickets/${number}/comments`, { data: { text: 'Вот ещё подробности.' } })
  expect(said.status(), await said.text()).toBe(201)
  await expect(page.getByRole('status').filter({ hasText: 'Новое: ответ заявителя' })).toBeVisible()
  const entry = page.getByRole('listitem').filter({ hasText: 'Вот ещё подробности.' })
  await expect(entry.locator('.act__fresh')).toBeVisible()
})

test.describe('another zone than the desk’s', () => {
  test.use({ timezoneId: 'America/New_York' })

  test('a deadline is typed by the clock of the desk', async ({ page }) => {
    const requester = await as('ugra', 'requester')
    const filed = await requester.post('tickets', { data: { desk: 'goszakaz', form: 'request', fields: { section: 'reports', customer_kind: 'state', title: 'Срок по часам службы', description: 'Отчёт по контрактам не строится за прошлый квартал.' } } })
    expect(filed.status(), await filed.text()).toBe(201)
    const { number } = (await filed.json()) as { number: string }
    const agent = await as('ugra', 'agent1')
    const desk = (await (await agent.get('desks/goszakaz')).json()) as { time_zone: string }
    await session(page, 'ugra', 'agent1')
    await open(page, 'ugra', number)
    await page.getByLabel('Срок', { exact: true }).fill('2027-03-10T15:30')
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await expect(page.getByText('Свойства сохранены')).toBeVisible()
    const { deadline } = (await (await agent.get(`tickets/${number}`)).json()) as { deadline: { due_at: string } }
    const shown = new Intl.DateTimeFormat('ru', { timeZone: desk.time_zone, hour: '2-digit', minute: '2-digit' }).format(new Date(deadline.due_at))
    expect(shown).toBe('15:30')
    await expect(page.getByLabel('Срок', { exact: true })).toHaveValue('2027-03-10T15:30')
  })
})
