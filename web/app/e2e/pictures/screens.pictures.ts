// Drives the demo and takes a picture of every page for the README: web/app/pictures/*.png.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import { example, fillForm, send, sent } from '../filling'
import { as, expect, password, session, test } from '../story'
import { withPalette } from './palette'

const folder = resolve(import.meta.dirname, '../../pictures')
const heaviest = 150_000

test.use({ viewport: { width: 1280, height: 860 }, colorScheme: 'light', timezoneId: 'Europe/Moscow' })
test.beforeAll(() => mkdirSync(folder, { recursive: true }))

/** Takes the top of a page; `height` cuts it, or lets it be longer than the window. */
async function take(page: Page, name: string, { height = 860 } = {}) {
  const width = page.viewportSize()?.width ?? 0
  await page.setViewportSize({ width, height })
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    window.scrollTo(0, 0)
  })
  await page.evaluate(() => document.fonts.ready)
  const path = `${folder}/${name}.png`
  const picture = withPalette(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
  writeFileSync(path, picture)
  expect(picture.length, `${name}.png is too heavy for the README`).toBeLessThanOrEqual(heaviest)
  await page.setViewportSize({ width, height: 860 })
}

const forms = [
  { picture: 'form-accreditation', tenant: 'minzdrav', desk: 'accreditation', system: 'accreditation', name: 'valid/problem_of_a_specialist' },
  { picture: 'form-goszakaz', tenant: 'ugra', desk: 'goszakaz', system: 'procurement-goszakaz', name: 'valid/contract_obligations' },
  { picture: 'form-docflow', tenant: 'kaliningrad', desk: 'docflow', system: 'docflow', name: 'valid/account_added' },
  { picture: 'form-portal', tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/institution_as_the_document_asks' },
  { picture: 'form-webtorgi', tenant: 'zabaikalye', desk: 'webtorgi', system: 'procurement-webtorgi', name: 'valid/several_numbers' },
]

for (const { picture, tenant, desk, system, name } of forms) {
  test(picture, async ({ page }) => {
    const { form, fields } = example(system, name)
    await session(page, tenant, 'requester')
    await page.goto(`/t/${tenant}/file/${desk}/${form}`)
    await fillForm(page, fields)
    await page.waitForTimeout(700) // the rules' last answer
    await take(page, picture, { height: 1250 })
  })
}

test('requester', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('textbox')).toBeVisible()
  await take(page, 'enter', { height: 480 })
  await page.goto('/t/tyumen/')
  await expect(page.getByLabel('Пароль', { exact: true })).toBeVisible()
  await take(page, 'catalogue-public', { height: 1000 })
  await session(page, 'tyumen', 'requester')
  await page.goto('/t/tyumen/')
  await expect(page.getByRole('link', { name: 'Запрос в техническую поддержку' })).toBeVisible()
  await take(page, 'catalogue', { height: 1000 })

  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await page.getByLabel('Заголовок').fill('Не отправляется план-график')
  await send(page)
  await expect(page.locator('.summary')).toBeVisible()
  await take(page, 'form-wrong', { height: 1100 })
  const { fields } = example('procurement-webtorgi', 'valid/several_numbers')
  await fillForm(page, fields)
  await send(page)
  const number = await sent(page)
  await take(page, 'sent', { height: 640 })
  const agent = await as('zabaikalye', 'agent1')
  const answer = await agent.post(`tickets/${number}/comments`, { data: { text: 'Уточните, пожалуйста, в каком браузере это происходит.', visibility: 'public', then: 'keep' } })
  expect(answer.status()).toBe(201)
  await page.goto(`/t/zabaikalye/tickets/${number}`)
  await expect(page.getByText('Уточните, пожалуйста').first()).toBeVisible()
  await take(page, 'ticket', { height: 1100 })
  await page.goto('/t/zabaikalye/tickets?on=true')
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await take(page, 'tickets', { height: 700 })
})

test('narrow', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 860 })
  const { form, fields } = example('docflow', 'valid/account_added')
  await session(page, 'kaliningrad', 'requester')
  await page.goto(`/t/kaliningrad/file/docflow/${form}`)
  await fillForm(page, fields)
  await take(page, 'narrow')
})

test('dark', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/tickets')
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await take(page, 'dark', { height: 640 })
})

test('phone desk', async ({ page }) => {
  await session(page, 'kaliningrad', 'agent1')
  await page.goto('/t/kaliningrad/desk/phone')
  await page.getByRole('searchbox').fill('мельн')
  await expect(page.getByRole('button', { name: /Мельникова/ })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.locator('.phone__caller')).toBeVisible()
  await page.keyboard.press('End')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Не открывается карточка документа')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Карточка документа не открывается с утра.')
  await page.waitForTimeout(700) // the rules' last answer
  await take(page, 'phone', { height: 900 })
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Зарегистрировать' }).click()
  await sent(page)
  await take(page, 'phone-filed', { height: 700 })
})

test('console', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/')
  await expect(page.getByRole('table')).toBeVisible()
  await take(page, 'console-list', { height: 720 })
  await page.goto('/t/zabaikalye/desk/tickets/WT-10019')
  await expect(page.getByRole('textbox', { name: 'Ответ заявителю' })).toBeVisible()
  await take(page, 'console-ticket', { height: 1000 })
})

test('operator', async ({ page }) => {
  await page.goto('/operator/')
  await page.getByRole('textbox').first().fill('operator@opora.example')
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('procurement-webtorgi').first()).toBeVisible()
  await take(page, 'operator', { height: 900 })
})

const administered = [
  { picture: 'dashboard', path: '/t/kaliningrad/desk/dashboard' },
  { picture: 'admin', path: '/t/kaliningrad/admin/docflow' },
]

for (const { picture, path } of administered) {
  test(picture, async ({ page }) => {
    await session(page, 'kaliningrad', 'admin')
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: 'Загружается' })).toHaveCount(0)
    await take(page, picture, { height: 1000 })
  })
}
