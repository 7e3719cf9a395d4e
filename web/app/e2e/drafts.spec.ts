// What is typed in several tabs, by several people and from strange sources: nothing of it is lost or gets in the way.
import type { Page } from '@playwright/test'

import { as, expect, password, session, test } from './story'

const tenant = 'zabaikalye'
const who = 'requester2'
const form = `/t/${tenant}/file/webtorgi/appeal`
const title = (page: Page) => page.getByLabel('Заголовок')
const submit = (page: Page) => page.getByRole('button', { name: /Сохранить|Отправить/ })
/** Longer than the pause after which what is typed is kept. */
const kept = (page: Page, text: string) =>
  page.waitForFunction((text) => Object.entries(localStorage).some(([name, value]) => name.startsWith('opora.draft') && String(value).includes(text)), text)

async function fill(page: Page, name: string) {
  await page.goto(form)
  await title(page).fill(name)
  await page.getByLabel('Тип обращения').selectOption('Прочее')
  await page.getByLabel('Наименование документа').selectOption('Иное')
  await page.getByLabel('Описание обращения').fill('Документ не уходит на согласование.')
  await page.getByLabel('Адрес электронной почты').fill(`${who}@${tenant}.example`)
  await page.getByLabel('Номер телефона для связи').fill('8-3022-355002')
  await kept(page, '8-3022-355002')
}

test('two tabs with one form keep both texts, and each can be taken up again', async ({ page, context }) => {
  await session(page, tenant, who)
  const other = await context.newPage()
  await page.goto(form)
  await other.goto(form)
  await title(page).fill('Первая вкладка')
  await kept(page, 'Первая вкладка')
  await title(other).fill('Вторая вкладка')
  await kept(other, 'Вторая вкладка')
  await page.reload()
  await expect(title(page)).toHaveValue('Первая вкладка')
  const others = page.getByRole('region', { name: 'На этом устройстве есть ещё' })
  await expect(others.getByText('Вторая вкладка')).toBeVisible()
  await other.close()
  await others.getByRole('button', { name: 'Восстановить' }).click()
  await expect(title(page)).toHaveValue('Вторая вкладка')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await expect(others.getByText('Первая вкладка')).toBeVisible()
  await page.reload()
  await expect(title(page)).toHaveValue('Вторая вкладка')
})

test('what was sent from one tab is over in the other, and does not come back', async ({ page, context }) => {
  await session(page, tenant, who)
  const name = `Две вкладки ${Date.now()}`
  await fill(page, name)
  const other = await context.newPage()
  await other.goto(form)
  await expect(title(other)).toHaveValue(name)
  await submit(page).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
  await expect(other.getByText('Введённое здесь уже отправлено из другой вкладки')).toBeVisible()
  await expect(title(other)).toHaveValue('')
  await other.close()
  await page.getByRole('button', { name: 'Подать ещё одно' }).click()
  await expect(title(page)).toHaveValue('')
  await expect(page.getByText(/Восстановлено введённое/)).toHaveCount(0)
})

test('what was sent has an address that outlives a reload and the way back', async ({ page }) => {
  await session(page, tenant, who)
  await fill(page, `Адрес после отправки ${Date.now()}`)
  await submit(page).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const number = (await page.locator('.number').textContent()) ?? ''
  await page.reload()
  await expect(page.locator('.number')).toHaveText(number)
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
  await page.goBack()
  await expect(page.locator('.number')).toHaveText(number)
})

test('characters that no form takes fall away, and hyphens of a word processor are hyphens', async ({ page }) => {
  await session(page, tenant, who)
  await page.goto(form)
  await title(page).fill('а\u0000б\u0007в\u000bг')
  await expect(title(page)).toHaveValue('абв г')
  await page.getByLabel('Описание обращения').fill('первая\u0000\nвторая\u0001')
  await expect(page.getByLabel('Описание обращения')).toHaveValue('первая\nвторая')
  const phone = page.getByLabel('Номер телефона для связи')
  await phone.fill('8\u20113022\u2013355002')
  await expect(phone).toHaveValue('8-3022-355002')
})

test('registry numbers are put in as they stand in a table', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await session(page, tenant, who)
  await page.goto(form)
  await page.getByLabel('Наименование документа').selectOption('План-график')
  const row = (number: number) => page.getByLabel(`Реестровые номера документов, строка ${number}`)
  await row(1).focus()
  await page.evaluate(() => navigator.clipboard.writeText('№ 2026 0391 2000 123001\r\n202603912000123002\n'))
  await page.keyboard.press('Control+V')
  await expect(row(1)).toHaveValue('202603912000123001')
  await expect(row(2)).toHaveValue('202603912000123002')
  await expect(row(2)).toBeFocused()
  await row(2).fill('202603912000123002, 202603912000123003')
  await expect(row(3)).toHaveValue('202603912000123003')
})

test('somebody else who signs in over the form is told where the words are that vanished', async ({ page }) => {
  await session(page, tenant, who)
  await fill(page, `Другой человек ${Date.now()}`)
  await page.context().clearCookies()
  await submit(page).click()
  const box = page.getByRole('dialog', { name: 'Вход' })
  await box.getByLabel('Адрес электронной почты').fill(`requester@${tenant}.example`)
  await box.getByLabel('Пароль', { exact: true }).fill(password)
  await box.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByText('Вы вошли под другим именем; введённое прежним человеком сохранено для него.')).toBeVisible()
})

test('what was typed before signing in is offered, not put in', async ({ page }) => {
  const access = '/t/tyumen/file/portal/access-settlement'
  await page.goto('/t/tyumen/')
  await page.getByRole('link', { name: 'Доступ к порталу: сельские поселения' }).click()
  await page.getByLabel('ФИО главы').fill('Неизвестный Пётр Петрович')
  await kept(page, 'Неизвестный Пётр Петрович')
  const address = page.url()
  expect(address).toContain(access.slice(0, 20))
  await session(page, 'tyumen', 'requester')
  await page.goto(address)
  await expect(page.getByText(/^Введено без входа/)).toBeVisible()
  await expect(page.getByLabel('ФИО главы')).not.toHaveValue('Неизвестный Пётр Петрович')
  await page.getByRole('button', { name: 'Взять' }).click()
  await expect(page.getByLabel('ФИО главы')).toHaveValue('Неизвестный Пётр Петрович')
  await expect(page.getByText(/^Введено без входа/)).toHaveCount(0)
})

test('the focus stays where the work goes on', async ({ page }) => {
  await session(page, tenant, who)
  await fill(page, `Фокус ${Date.now()}`)
  // The login box gives it back.
  await page.context().clearCookies()
  await submit(page).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(submit(page)).toBeFocused()
  await session(page, tenant, who)
  // Files.
  const file = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })
  await page.getByTestId('file-input').setInputFiles([file('один.txt'), file('два.txt')])
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  await page.getByRole('button', { name: /^Убрать файл/ }).first().click()
  await expect(page.getByRole('button', { name: /^Убрать файл/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Выберите файлы' })).toBeFocused()
  await page.getByTestId('file-input').setInputFiles(Array.from({ length: 12 }, (_, i) => file(`${i}.txt`)))
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  // Room is made: what was refused only for its number can be tried again.
  await expect(page.getByRole('button', { name: 'Отправить ещё раз' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Убрать файл 0.txt' }).click()
  await page.getByRole('button', { name: 'Отправить ещё раз' }).first().click()
  await expect(page.getByText('Файл не принят')).toHaveCount(1)
  // A draft that is deleted.
  await page.reload()
  await page.getByRole('button', { name: 'Начать заново' }).click()
  await page.getByRole('button', { name: 'Нет, оставить' }).click()
  await expect(page.getByRole('button', { name: 'Начать заново' })).toBeFocused()
  await page.getByRole('button', { name: 'Начать заново' }).click()
  await page.getByRole('button', { name: 'Да, удалить' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})

test.describe('of a ticket', () => {
  test('a reply that is too long says so, and large files wait for it', async ({ page }) => {
    const requester = await as(tenant, who)
    const { items } = (await (await requester.get('tickets', { params: { mine: 'true' } })).json()) as { items: { number: string }[] }
    await session(page, tenant, who)
    await page.goto(`/t/${tenant}/tickets/${items[0]?.number}`)
    const text = page.getByLabel('Текст')
    await text.fill('А'.repeat(20_001))
    await expect(page.getByText('Лишний 1 знак').first()).toBeVisible()
    await page.getByRole('button', { name: 'Отправить ответ' }).click()
    await expect(text).toHaveAttribute('aria-invalid', 'true')
    await expect(text).toBeFocused()
    await expect(page.locator('.ticket form .mantine-InputWrapper-error')).toContainText(/20.?000/)
    await text.fill('Запись экрана')
    await page.getByTestId('file-input').setInputFiles({ name: 'экран.avi', mimeType: 'video/x-msvideo', buffer: Buffer.alloc(11 * 1024 * 1024, 7) })
    await expect(page.getByText('Добавится к обращению, когда Вы отправите ответ')).toBeVisible()
    await expect(page.getByRole('link', { name: 'экран.avi' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Отправить ответ' }).click()
    await expect(page.getByText('Ответ отправлен.')).toBeVisible()
    await expect(page.getByRole('link', { name: 'экран.avi' }).first()).toBeVisible()
  })

  test('leaving a box of confirmation gives the focus back', async ({ page }) => {
    await session(page, tenant, who)
    await fill(page, `Отзыв ${Date.now()}`)
    await submit(page).click()
    await page.getByRole('link', { name: 'Открыть обращение' }).click()
    await page.getByRole('button', { name: 'Отозвать' }).click()
    await page.getByRole('button', { name: 'Отмена' }).click()
    await expect(page.getByRole('button', { name: 'Отозвать' })).toBeFocused()
    await page.getByRole('button', { name: 'Отозвать' }).click()
    await page.getByRole('button', { name: 'Отозвать' }).click()
    await expect(page.getByText(/^Готово\. Статус обращения/)).toBeFocused()
    // On paper stands the ticket, not what can be pressed.
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByRole('banner')).toBeHidden()
    await expect(page.getByLabel('Текст')).toBeHidden()
    await expect(page.getByLabel('Статус обращения')).toBeVisible()
  })
})

test('the filter takes an INN as it is written, and says what an INN is', async ({ page }) => {
  await session(page, tenant, who)
  await page.goto(`/t/${tenant}/tickets?on=true`)
  const inn = page.getByLabel('Организация')
  await inn.fill('ИНН 75360')
  await inn.press('Enter')
  await expect(page.getByText('ИНН – 10 или 12 цифр')).toBeVisible()
  await expect(inn).toBeFocused()
  await inn.fill('ИНН 7536 001231\u200b')
  await inn.press('Enter')
  await expect(page).toHaveURL(/organisation=(%22)?7536001231/)
})

test('radio buttons say that they are mandatory and wrong', async ({ page }) => {
  await session(page, 'kaliningrad', 'requester')
  await page.goto('/t/kaliningrad/file/docflow/request')
  const groups = page.getByRole('radiogroup')
  await expect(groups.first()).toHaveAttribute('aria-required', /true|false/)
  await expect(groups.first()).toHaveAttribute('aria-invalid', 'false')
})
