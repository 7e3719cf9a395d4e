// Nothing that was typed is lost, and nothing is sent twice.
import type { Page } from '@playwright/test'

import { as, expect, password, session, test } from './story'

const tenant = 'zabaikalye'
const who = 'requester2'

async function fill(page: Page, title: string) {
  await page.goto(`/t/${tenant}/file/webtorgi/appeal`)
  await page.getByLabel('Заголовок').fill(title)
  await page.getByLabel('Тип обращения').selectOption('Прочее')
  await page.getByLabel('Наименование документа').selectOption('Иное')
  await page.getByLabel('Описание обращения').fill('После входа открывается пустая страница, меню нет.')
  await page.getByLabel('Адрес электронной почты').fill(`${who}@${tenant}.example`)
  await page.getByLabel('Номер телефона для связи').fill('8-3022-355002')
}

const submit = (page: Page) => page.getByRole('button', { name: /Сохранить|Отправить/ })

async function count(title: string): Promise<number> {
  const requester = await as(tenant, who)
  const answer = await requester.get('tickets', { params: { mine: 'true', limit: '200' } })
  const { items } = (await answer.json()) as { items: { subject: string }[] }
  return items.filter((item) => item.subject === title).length
}

test('a double click sends once', async ({ page }) => {
  const title = `Двойное нажатие ${Date.now()}`
  await session(page, tenant, who)
  await fill(page, title)
  await submit(page).dblclick()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
  expect(await count(title)).toBe(1)
})

test.describe('an answer that was lost on its way', () => {
  test.use({ expected: [/status of 503/] })

  test('does not make a second ticket', async ({ page }) => {
    const title = `Обрыв связи ${Date.now()}`
    await session(page, tenant, who)
    await fill(page, title)
    let lost = 0
    await page.route('**/api/v1/t/*/tickets', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback()
      lost++
      await route.fetch() // the server has it, the browser never learns of it
      return route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'too_slow', detail: 'Служба временно недоступна' }) })
    })
    await submit(page).click()
    await expect(page.getByText('Служба временно недоступна', { exact: true })).toBeVisible()
    await expect(page.getByLabel('Заголовок')).toHaveValue(title)
    await submit(page).click()
    await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
    expect(lost).toBe(1)
    expect(await count(title)).toBe(1)
  })
})

test('a session that ended is renewed over the page, and the form goes on', async ({ page }) => {
  const title = `Истёкший сеанс ${Date.now()}`
  await session(page, tenant, who)
  await fill(page, title)
  await page.context().clearCookies()
  await submit(page).click()
  const box = page.getByRole('dialog', { name: 'Вход' })
  await expect(box).toBeVisible()
  // Who was here is offered his address; only the password is asked.
  await expect(box.getByLabel('Адрес электронной почты')).toHaveValue(`${who}@${tenant}.example`)
  await expect(box.getByLabel('Пароль', { exact: true })).toBeFocused()
  await box.getByLabel('Пароль', { exact: true }).fill(password)
  await box.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
  expect(await count(title)).toBe(1)
})

test('closing the login box keeps the form, and somebody else does not get it', async ({ page }) => {
  const title = `Чужой вход ${Date.now()}`
  await session(page, tenant, who)
  await fill(page, title)
  await page.context().clearCookies()
  await submit(page).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Закрыть' }).click()
  await expect(page.getByLabel('Заголовок')).toHaveValue(title)
  await submit(page).click()
  const box = page.getByRole('dialog', { name: 'Вход' })
  await box.getByLabel('Адрес электронной почты').fill(`requester@${tenant}.example`)
  await box.getByLabel('Пароль', { exact: true }).fill(password)
  await box.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('banner').getByText('Дамдинова Баирма Цыреновна')).toBeVisible()
  await expect(page.getByLabel('Заголовок')).not.toHaveValue(title)
  // It waits for the one who typed it.
  await page.context().clearCookies()
  await session(page, tenant, who)
  await page.goto(`/t/${tenant}/file/webtorgi/appeal`)
  await expect(page.getByLabel('Заголовок')).toHaveValue(title)
  expect(await count(title)).toBe(0)
})

test.describe('without a connection', () => {
  test.use({ expected: [/ERR_INTERNET_DISCONNECTED/] })

  test('what was typed waits until the server is there again', async ({ page }) => {
    const title = `Без связи ${Date.now()}`
    await session(page, tenant, who)
    await fill(page, title)
    await page.context().setOffline(true)
    await submit(page).click()
    await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toBeVisible()
    await page.context().setOffline(false)
    await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toHaveCount(0)
    await submit(page).click()
    await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
    expect(await count(title)).toBe(1)
  })
})

test('a draft is discarded only when that is confirmed', async ({ page }) => {
  await session(page, tenant, who)
  await page.goto(`/t/${tenant}/file/webtorgi/appeal`)
  await page.getByLabel('Заголовок').fill('Черновик')
  await page.goto(`/t/${tenant}/`)
  await page.goBack()
  await expect(page.getByLabel('Заголовок')).toHaveValue('Черновик')
  await page.getByRole('button', { name: 'Начать заново' }).click()
  await page.getByRole('button', { name: 'Нет, оставить' }).click()
  await expect(page.getByLabel('Заголовок')).toHaveValue('Черновик')
  await page.getByRole('button', { name: 'Начать заново' }).click()
  await page.getByRole('button', { name: 'Да, удалить' }).click()
  await expect(page.getByLabel('Заголовок')).toHaveValue('')
  await expect(page.getByLabel('Адрес электронной почты')).toHaveValue(`${who}@${tenant}.example`)
  await page.reload()
  await expect(page.getByLabel('Заголовок')).toHaveValue('')
})
