// An agent's day: from the list to the closed ticket by keyboard, two agents on one ticket, hand-over, notes.
import type { Page } from '@playwright/test'

import { answerAs, appeal, history, open } from './desk'
import { address, as, expect, session, test } from './story'

/** Holds back what is read from an address until the answer is called. */
async function late(page: Page, pattern: RegExp): Promise<() => void> {
  let read = () => {}
  const wait = new Promise<void>((done) => (read = done))
  await page.route(pattern, async (route) => {
    await wait
    await route.continue()
  })
  return read
}

test('a ticket is worked from the list to its end by keyboard alone', async ({ page }) => {
  const title = `Клавишами ${Date.now()}`
  const number = await appeal(title)
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/')
  await expect(page.getByRole('link', { name: title })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type(number)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`q=${number}`))
  await expect(page.getByRole('row')).toHaveCount(2)
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: title })).toBeFocused()
  await page.keyboard.press('x')
  await expect(page.getByText('Выбрано 1 обращение')).toBeVisible()
  await page.keyboard.press('x')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(page.getByText('Реестровые номера документов')).toBeVisible()

  await page.keyboard.press('i')
  await expect(page.getByText('Обращение взято')).toBeVisible()
  await page.keyboard.press('w')
  await expect(page.getByText('route-documents')).toBeVisible()
  await page.keyboard.press('r')
  const box = page.getByRole('textbox', { name: 'Ответ заявителю' })
  await expect(box).toBeFocused()
  await page.keyboard.type('Справочник обновлён, отправьте план-график ещё раз.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Ответ отправлен, обращение закрыто')).toBeVisible()
  await expect(page.getByText('Выполнено', { exact: true }).first()).toBeVisible()
  await expect(box).toHaveValue('')

  await page.keyboard.press('Escape')
  await page.keyboard.press('u')
  await expect(page.getByRole('link', { name: title })).toBeFocused()
  await expect(page.getByRole('row', { name: new RegExp(number) })).toContainText('Выполнено')

  const requester = await as('zabaikalye', 'requester')
  const seen = await history(requester, number)
  expect(seen.some((event) => event.body?.text?.startsWith('Справочник обновлён'))).toBe(true)
})

test('what another agent did meanwhile stands beside what was typed, and nothing is lost', async ({ page }) => {
  const number = await appeal(`Вдвоём ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  const box = page.getByRole('textbox', { name: 'Ответ заявителю' })
  await box.fill('Мой ответ, который я долго писала.')
  await answerAs('agent2', number, 'Ответ второго агента.', 'close')
  await expect(page.getByText('Пока Вы писали, в обращении появилось новое:')).toBeVisible()
  await expect(page.getByText('Ответ второго агента.').first()).toBeVisible()

  await page.getByRole('button', { name: 'Ответить, оставить открытым' }).or(page.getByRole('button', { name: 'Ответить', exact: true })).click()
  const late = page.getByRole('dialog', { name: 'Обращение успели изменить' })
  await expect(late).toContainText('Мой ответ, который я долго писала.')
  await expect(late).toContainText('Ответ второго агента.')
  await late.getByRole('button', { name: 'Вернуться к правке' }).click()
  await expect(box).toHaveValue('Мой ответ, который я долго писала.')

  await page.reload()
  await expect(box).toHaveValue('Мой ответ, который я долго писала.')
  await page.getByRole('button', { name: 'Ответить', exact: true }).click()
  await late.getByRole('button', { name: 'Отправить всё равно' }).click()
  await expect(page.getByText('Ответ отправлен')).toBeVisible()
  await expect(late).toBeHidden()
  await expect(box).toHaveValue('')
})

test('two agents edit the fields: both texts are shown', async ({ page }) => {
  const number = await appeal(`Поля ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.keyboard.press('e')
  await page.getByRole('textbox', { name: 'Описание обращения' }).fill('Моя правка описания обращения.')
  const other = await as('zabaikalye', 'agent2')
  const changed = await other.patch(`tickets/${number}`, { data: { fields: { description: 'Чужая правка описания обращения.' } }, headers: { 'If-Match': '*' } })
  expect(changed.status(), await changed.text()).toBe(200)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  const late = page.getByRole('dialog', { name: 'Обращение успели изменить' })
  await expect(late).toContainText('Моя правка описания обращения.')
  await expect(late).toContainText('Чужая правка описания обращения.')
  await late.getByRole('button', { name: 'Отправить всё равно' }).click()
  await expect(page.getByText('Данные сохранены')).toBeVisible()
  await expect(page.getByText('Моя правка описания обращения.').first()).toBeVisible()
})

test('a note is internal, and a hand-over goes by the declared lines', async ({ page, browser }) => {
  const number = await appeal(`Передача ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.keyboard.press('n')
  await page.keyboard.type('Похоже на сбой обмена.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Заметка сохранена')).toBeVisible()
  const entry = page.getByRole('listitem').filter({ hasText: 'Похоже на сбой обмена.' })
  await expect(entry).toContainText('Внутреннее: заявитель не видит')

  await page.keyboard.press('Escape')
  await page.keyboard.press('h')
  const box = page.getByRole('dialog', { name: 'Передать другой линии' })
  await box.getByRole('radio', { name: 'Разработчики' }).check()
  await box.getByRole('textbox').fill('Посмотрите журнал обмена.')
  await box.getByRole('button', { name: 'Передать' }).click()
  await expect(page.getByText('Передано: Разработчики').first()).toBeVisible()

  const requester = await as('zabaikalye', 'requester')
  const seen = await history(requester, number)
  expect(JSON.stringify(seen)).not.toContain('Похоже на сбой')
  expect(JSON.stringify(seen)).not.toContain('журнал обмена')

  // The third line does not talk: it has no box for an answer, and says why it may not close.
  const context = await browser.newContext({ baseURL: address, locale: 'ru-RU' })
  const developer = await context.newPage()
  await session(developer, 'zabaikalye', 'agent3')
  await open(developer, 'zabaikalye', number)
  await expect(developer.getByText('Ваша линия не отвечает заявителям.')).toBeVisible()
  await expect(developer.getByRole('textbox', { name: 'Ответ заявителю' })).toHaveCount(0)
  await expect(developer.getByText(/сейчас недоступн/)).toBeVisible()
  await expect(developer.getByText('Этот переход делаете не Вы').first()).toBeVisible()
  await context.close()
})

test('a duplicate is tied to the base that is proposed', async ({ page }) => {
  const registry = `2026${Date.now()}`
  const base = await appeal(`Основное ${registry}`, registry)
  const number = await appeal(`Повторное ${registry}`, registry)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.getByRole('button', { name: `Дублирует ${base}` }).click()
  const box = page.getByRole('dialog')
  await expect(box.getByRole('textbox', { name: 'Номер базового обращения' })).toHaveValue(base)
  await box.getByRole('button', { name: 'Отметить дублирующим' }).click()
  await expect(page.getByText('Новый статус: Дублирующее')).toBeVisible()
  await expect(page.getByRole('link', { name: base }).first()).toBeVisible()
})

test('a resolution is asked for where closing needs one', async ({ page }) => {
  const requester = await as('ugra', 'requester')
  const filed = await requester.post('tickets', { data: { desk: 'goszakaz', form: 'request', fields: { section: 'reports', customer_kind: 'state', title: 'Отчёт не строится', description: 'Отчёт по контрактам не строится за прошлый квартал.' } } })
  expect(filed.status(), await filed.text()).toBe(201)
  const { number } = (await filed.json()) as { number: string }
  await session(page, 'ugra', 'agent1')
  const read = await late(page, /desks\/goszakaz$/)
  await open(page, 'ugra', number)
  await page.getByRole('button', { name: 'Ответить и закрыть', exact: true }).click()
  // The fields of the resolution are read after the ticket: the button waits for them.
  read()
  const form = page.getByRole('group', { name: 'Решение' })
  await expect(form.getByRole('textbox')).toHaveCount(2)
  await form.getByRole('textbox').first().fill('Справочник не был загружен после обновления.')
  await form.getByRole('textbox').last().fill('Справочник загружен повторно, отчёт построен.')
  await page.getByRole('button', { name: 'Ответить и закрыть', exact: true }).click()
  await expect(page.getByText('Ответ отправлен, обращение закрыто')).toBeVisible()
  // Both histories tell it by the labels of its form, in its order.
  const answered = ['Причина возникшей проблемы', 'Справочник не был загружен после обновления.', 'Выполненные действия для устранения проблемы', 'Справочник загружен повторно, отчёт построен.']
  const inOrder = new RegExp(answered.join('\\s*'))
  await expect(page.locator('.acts dl')).toHaveText(inOrder)
  await session(page, 'ugra', 'requester')
  await page.goto(`/t/ugra/tickets/${number}`)
  await expect(page.locator('.history dl')).toHaveText(inOrder)
})

test('who sends before the page has read what may follow sends what it will say', async ({ page }) => {
  const number = await appeal(`Раньше страницы ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  const read = await late(page, /tickets\/[^/]+\/transitions$/)
  await open(page, 'zabaikalye', number)
  await page.keyboard.press('r')
  await page.keyboard.type('Готово, проверьте.')
  await page.keyboard.press('Control+Enter')
  read()
  await expect(page.getByText('Ответ отправлен, обращение закрыто')).toBeVisible()
})

test('commands are found by Ctrl+K, and keys in their sheet', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/')
  await expect(page.getByRole('table')).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Сочетания клавиш' })).toContainText('Следующая строка')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('Телефон')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/desk\/phone/)
})

test('an empty answer and an empty note say so at the box, until something is typed', async ({ page }) => {
  const number = await appeal(`Пустой ответ ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  for (const [key, name] of [['r', 'Ответ заявителю'], ['n', 'Внутренняя заметка']] as const) {
    await page.keyboard.press(key)
    await page.keyboard.press('Control+Enter')
    const box = page.getByRole('textbox', { name })
    await expect(box).toHaveAttribute('aria-invalid', 'true')
    await expect(box).toBeFocused()
    await expect(page.getByText('Напишите текст')).toHaveCount(1)
    await expect(page.getByText('Проверьте отмеченные поля')).toHaveCount(0)
    await page.keyboard.type('а')
    await expect(box).not.toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByText('Напишите текст')).toHaveCount(0)
    await box.fill('')
    await box.blur()
  }
})

test('the reasons of a ticket’s place open in view, in the one scroller of the page', async ({ page }) => {
  const number = await appeal(`Почему здесь ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.locator('h1.page-title').click()
  await page.keyboard.press('w')
  await expect(page.getByRole('complementary').locator('.decision li').first()).toBeInViewport()
  expect(await page.getByRole('complementary').evaluate((side) => getComputedStyle(side).overflowY)).toBe('visible')
})

test('a number that does not exist leads back to the list, and an unknown organisation to the entrance', async ({ page }) => {
  await session(page, 'zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/tickets/WT-1001')
  await expect(page.getByRole('heading', { name: 'Такой страницы нет' })).toBeVisible()
  await page.getByRole('link', { name: 'К списку обращений' }).click()
  await expect(page).toHaveURL(/\/t\/zabaikalye\/desk\/?$/)
  await page.goto('/t/nosuch/')
  await expect(page.getByRole('heading', { name: 'Такой страницы нет' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Подать обращение' })).toHaveCount(0)
  await page.getByRole('main').getByRole('link', { name: 'Вход в службу поддержки' }).click()
  await expect(page).toHaveURL(/:\d+\/$/)
})
