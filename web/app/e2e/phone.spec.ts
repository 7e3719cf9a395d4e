// The phone desk without a mouse: every key is counted.
import type { Page } from '@playwright/test'

import { accessible, as, expect, session, test } from './story'

/** Seconds that a call may take whoever answers it: keys at a calm pace, texts as an ordinary clerk types. */
const perKey = 0.5
const perLetter = 1 / 6
const limit = 30

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

const seconds = ({ keys, letters }: { keys: number; letters: number }) => keys * perKey + letters * perLetter

async function opened(page: Page, tenant: string) {
  await session(page, tenant, 'agent1')
  await page.goto(`/t/${tenant}/desk/phone`)
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(page.getByRole('button', { name: 'Зарегистрировать' })).toBeVisible()
}

const registered = async (page: Page) => {
  await expect(page.getByRole('heading', { name: 'Обращение зарегистрировано' })).toBeVisible()
  return (await page.locator('.number').textContent()) ?? ''
}

test('a known caller is found, his call is registered by keyboard alone, and read out by number', async ({ page }) => {
  await opened(page, 'kaliningrad')
  await expect(page.getByText('Техническая поддержка ЕСЭД, здравствуйте.')).toBeVisible()
  const { press, type, counted } = keyboard(page)
  // The caller by a part of his name; the arrow chooses him, and the cursor stands in the first empty field.
  await type('мельн')
  await expect(page.getByRole('button', { name: /Мельникова Татьяна Алексеевна/ })).toBeVisible()
  await press('ArrowDown', 'Enter')
  await expect(page.locator('.phone__caller')).toContainText('Мельникова Татьяна Алексеевна')
  await expect(page.getByRole('heading', { name: 'Незакрытые обращения' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Вид обращения' })).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue('Мельникова Татьяна Алексеевна')
  await press('End', 'Tab')
  await type('Не открывается карточка документа')
  await press('Tab')
  await type('Карточка документа не открывается с утра.')
  await press('Control+Enter')
  const number = await registered(page)
  expect(number).toMatch(/^[A-Z]+-\d+$/)
  // The number is large, and beside it in groups as it is spoken.
  const size = await page.locator('.number').evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))
  expect(size).toBeGreaterThanOrEqual(40)
  await expect(page.locator('.phone__spoken')).toHaveText(/^[A-Z]( [A-Z])* – \d{1,2}( \d\d)*$/)
  test.info().annotations.push({ type: 'keys', description: `${counted.keys} keys and ${counted.letters} letters, ${seconds(counted).toFixed(1)} s at a calm pace` })
  console.log(`phone desk: ${counted.keys} keys and ${counted.letters} letters, ${seconds(counted).toFixed(1)} s at a calm pace, limit ${limit} s`)
  expect(counted.keys, 'keys beside the letters of the texts').toBeLessThanOrEqual(6)
  expect(seconds(counted)).toBeLessThan(limit)

  const agent = await as('kaliningrad', 'agent1')
  const filed = (await (await agent.get(`tickets/${number}`)).json()) as { channel: string; requester: { name: string; verified: boolean; email: string } }
  expect(filed.channel).toBe('phone')
  expect(filed.requester.email).toBe('requester@kaliningrad.example')

  // The next call: what became of it, by the number alone.
  await press('Enter')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await type(number)
  await press('Enter')
  await expect(page.getByText('Найдено 1 обращение')).toBeVisible()
  const entry = page.getByRole('listitem').filter({ hasText: number })
  await expect(entry).toContainText(/[A-Z] [A-Z].* – \d/)
  // The cursor stands on the way to the caller, whose open tickets are beside him then.
  await expect(page.getByRole('button', { name: 'Звонит Мельникова Татьяна Алексеевна' })).toBeFocused()
  await press('Enter')
  await expect(page.getByRole('list', { name: 'Незакрытые обращения' }).getByRole('link', { name: number })).toBeVisible()
})

test('who is not known is registered with what was typed of him', async ({ page }) => {
  await opened(page, 'kaliningrad')
  const { press, type } = keyboard(page)
  const caller = `Неизвестнова Вера ${'абвгдежзик'[Date.now() % 10]}новна`
  await type(caller)
  await press('Enter')
  await expect(page.getByText('Никого и ничего не нашли.')).toBeVisible()
  await press('Enter')
  await expect(page.getByRole('combobox', { name: 'Вид обращения' })).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue(caller)
  await press('End', 'Tab')
  await type('Не открывается карточка')
  await press('Tab')
  await type('Карточка документа не открывается.')
  await press('Tab', 'Tab')
  await type('vera@adm-guryevsk.example')
  await press('Control+Enter')
  const number = await registered(page)
  const agent = await as('kaliningrad', 'agent1')
  const filed = (await (await agent.get(`tickets/${number}`)).json()) as { requester: { name: string; verified: boolean } }
  expect(filed.requester).toMatchObject({ name: caller, verified: false })
})

test('who may not file is told to the clerk by his address, before anything else is typed', async ({ page }) => {
  await opened(page, 'minzdrav')
  const { press, type } = keyboard(page)
  const alert = page.locator('#short-form').getByRole('alert')
  const email = page.getByRole('textbox', { name: 'Электронная почта', exact: true })
  const caller = `Неизвестнова Вера ${'абвгдежзик'[Date.now() % 10]}новна`
  // Somebody known who is not on the list.
  await type('кузнец')
  await page.getByRole('button', { name: /Кузнецов Олег Андреевич/ }).press('Enter')
  await expect(alert).toContainText('Этого человека нельзя принять. Что ему ответить: Заявки от лиц')
  await accessible(page, 'phone desk with somebody who cannot be taken')
  await press('Control+Enter')
  await expect(page.locator('.summary')).toBeFocused()
  // The next caller is another one: nothing of the refusal stays with him.
  await page.getByRole('button', { name: 'Другой человек' }).press('Enter')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(alert.filter({ hasText: 'нельзя принять' })).toHaveCount(0)
  await type(caller)
  await press('Enter')
  await expect(page.getByText('Никого и ничего не нашли.')).toBeVisible()
  await press('Enter')
  await expect(page.locator('#short-form :focus')).toBeVisible()
  // The desk knows its people by their addresses, so this one is not optional.
  await expect(email).toBeVisible()
  await email.fill('vera@elsewhere.example')
  await expect(alert.filter({ hasText: 'нельзя принять' })).toBeVisible()
  const fields = ['#f-topic', '#f-wanted', '#f-done', '#f-messages', '#f-failed']
  for (const field of fields) await page.locator(field).fill('Не открывается протокол заседания')
  await page.locator('#f-secretary').fill('Лебедева Ирина Сергеевна')
  await page.locator('#f-chairman').fill('Громов Артём Николаевич')
  await page.getByRole('radio', { name: 'Никто из них, вопрос общий' }).check()
  await press('Control+Enter')
  await expect(page.locator('#short-form [tabindex="-1"]').filter({ hasText: 'нельзя принять' })).toBeFocused()
  // Without an address the field is named, with a member's the call is registered.
  await email.fill('')
  await expect(alert.filter({ hasText: 'нельзя принять' })).toHaveCount(0)
  await press('Control+Enter')
  await expect(page.locator('.summary')).toBeFocused()
  await expect(email).toHaveAttribute('aria-invalid', 'true')
  await email.fill('requester@minzdrav.example')
  await press('Control+Enter')
  await expect(page.getByRole('dialog')).toContainText('Лебедева Ирина Сергеевна')
  await press('2')
  const number = await registered(page)
  const agent = await as('minzdrav', 'agent1')
  const filed = (await (await agent.get(`tickets/${number}`)).json()) as { requester: { name: string; email: string; verified: boolean } }
  expect(filed.requester).toMatchObject({ name: caller, email: 'requester@minzdrav.example', verified: false })
})

test('where nothing is registered by phone, nothing promises it', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/phone')
  await expect(page.getByText('по телефону не регистрируются')).toBeVisible()
  await expect(page.getByText(/новое обращение/)).toHaveCount(0)
  await page.getByRole('searchbox').fill('Неизвестнов Никто Никогдаевич')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Никого и ничего не нашли.')).toBeVisible()
  await expect(page.getByText(/откроет/)).toHaveCount(0)
})

test('the critical call of a medical institution is taken in its own short form', async ({ page }) => {
  await opened(page, 'tyumen')
  const { press, counted } = keyboard(page)
  await press('Enter')
  await expect(page.locator('#short-form :focus')).toBeVisible()
  // What is wrong is told at once, and the cursor goes to the summary; then the fields are filled in their order.
  await press('Control+Enter')
  await expect(page.locator('.summary')).toBeFocused()
  await page.locator('.summary a').first().press('Enter')
  const focused = await page.evaluate(() => document.activeElement?.closest('#short-form') !== null)
  expect(focused).toBe(true)
  expect(counted.keys).toBeLessThan(5)
})

test('a number that was misheard is told from one that does not exist', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/phone')
  await page.getByRole('searchbox').fill('WT-10018')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  for (const said of ['WT-10019', 'wt 10 01 9', '10019']) {
    await page.getByRole('searchbox').fill(said)
    await page.getByRole('searchbox').press('Enter')
    await expect(page.getByRole('link', { name: 'WT-10019' })).toBeVisible()
  }
})

test('a caller is found by organisation, e-mail, phone and INN', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/phone')
  for (const said of ['шилкинская', 'requester@zabaikalye', '355001', '7536001231', 'Дамдинова']) {
    await page.getByRole('searchbox').fill(said)
    await expect(page.getByRole('button', { name: /Дамдинова Баирма Цыреновна/ }), said).toBeVisible()
    await page.getByRole('searchbox').fill('')
    await expect(page.getByRole('button', { name: /Дамдинова Баирма Цыреновна/ })).toHaveCount(0)
  }
})
