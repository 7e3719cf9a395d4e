// Two agents on one ticket, templates of answers, and a session that ends in the middle of an answer.
import type { Browser, Page } from '@playwright/test'

import { answerAs, appeal, history, open } from './desk'
import { address, as, expect, password, session, test } from './story'

/** Longer than the beat by which agents tell that they are there, and shorter than two would take of a slow one. */
const beat = { timeout: 13_000 }

async function colleague(browser: Browser, who: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: address, locale: 'ru-RU', timezoneId: 'Europe/Moscow' })
  const page = await context.newPage()
  await session(page, 'zabaikalye', who)
  return page
}

async function nameOf(who: string): Promise<string> {
  const agent = await as('zabaikalye', who)
  return ((await (await agent.get('me')).json()) as { name: string }).name
}

test('two agents see each other, and who of them is writing', async ({ page, browser }) => {
  const number = await appeal(`Присутствие ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  const other = await colleague(browser, 'agent2')
  await open(other, 'zabaikalye', number)
  await expect(other.getByText(`Сейчас здесь: ${await nameOf('agent1')}`)).toBeVisible()
  await expect(page.getByText(`Сейчас здесь: ${await nameOf('agent2')}`)).toBeVisible(beat)
  await other.getByRole('textbox', { name: 'Ответ заявителю' }).fill('Пишу')
  await expect(page.getByText(`${await nameOf('agent2')} пишет`)).toBeVisible(beat)
  await other.goto('/t/zabaikalye/desk/')
  await expect(page.getByText(`${await nameOf('agent2')} пишет`)).toBeHidden(beat)
  await other.context().close()
})

test('the open ticket is brought up to date while another agent works it', async ({ page }) => {
  const number = await appeal(`Живое обращение ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await expect(page.getByText('Обновляется сама')).toBeVisible()
  await answerAs('agent2', number, 'Ответ, который появится сам.', 'keep')
  await expect(page.getByText('Ответ, который появится сам.')).toBeVisible()
})

test('tabs of one browser share one stream, and the second takes it over', async ({ page, context }) => {
  const streams: string[] = []
  context.on('request', (request) => {
    if (request.url().endsWith('/stream')) streams.push(request.url())
  })
  const number = await appeal(`Две вкладки ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  const first = await context.newPage()
  await first.goto('/t/zabaikalye/desk/')
  await expect(first.getByText('Обновляется сама')).toBeVisible()
  await open(page, 'zabaikalye', number)
  await expect(page.getByText('Обновляется сама')).toBeVisible()
  expect(streams).toHaveLength(1)
  await answerAs('agent2', number, 'Услышано от соседней вкладки.', 'keep')
  await expect(page.getByText('Услышано от соседней вкладки.')).toBeVisible()
  await first.close()
  await expect(() => expect(streams).toHaveLength(2)).toPass()
  await answerAs('agent2', number, 'Услышано самой вкладкой.', 'keep')
  await expect(page.getByText('Услышано самой вкладкой.')).toBeVisible()
})

test('a template is found by / and inserted with its placeholders filled in', async ({ page }) => {
  const mark = Date.now()
  const number = await appeal(`Шаблон ${mark}`)
  const admin = await as('zabaikalye', 'admin')
  const made = await admin.post('desks/webtorgi/templates', {
    data: { title: `Справочник обновлён ${mark}`, text: '{requester}, здравствуйте! По обращению {number} справочник обновлён. {agent}', visibility: 'public' },
  })
  expect(made.status(), await made.text()).toBe(201)
  const asking = await admin.post('desks/webtorgi/templates', {
    data: { title: `Запрос номера ${mark}`, text: 'Пришлите реестровый номер документа.', visibility: 'public', transition: 'request-data' },
  })
  expect(asking.status(), await asking.text()).toBe(201)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await expect(page.getByRole('button', { name: 'Вставить шаблон' })).toBeVisible()
  await page.keyboard.press('r')
  await page.keyboard.press('/')
  await page.keyboard.type(`Справочник обновлён ${mark}`)
  await page.keyboard.press('Enter')
  const box = page.getByRole('textbox', { name: 'Ответ заявителю' })
  await expect(box).toHaveValue(`Дамдинова Баирма Цыреновна, здравствуйте! По обращению ${number} справочник обновлён. ${await nameOf('agent1')}`)
  await expect(box).toBeFocused()
  await page.keyboard.type('. И ещё одно.')
  await expect(box).toHaveValue(/И ещё одно\.$/)

  // A template may propose what happens with the answer.
  await box.fill('')
  await page.keyboard.press('Control+/')
  await page.keyboard.type(`Запрос номера ${mark}`)
  await page.keyboard.press('Enter')
  await expect(box).toHaveValue('Пришлите реестровый номер документа.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Ответ отправлен, статус: Недостаточно данных')).toBeVisible()
  for (const answer of [made, asking]) {
    const { id } = (await answer.json()) as { id: string }
    expect((await admin.delete(`desks/webtorgi/templates/${id}`)).status()).toBe(204)
  }
})

test('a session that ends while answering is renewed over the page, and the answer is sent', async ({ page }) => {
  const number = await appeal(`Сеанс агента ${Date.now()}`)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  await page.getByRole('textbox', { name: 'Ответ заявителю' }).fill('Ответ, который не потерялся.')
  await page.context().clearCookies()
  await page.keyboard.press('Control+Enter')
  const box = page.getByRole('dialog', { name: 'Вход' })
  await box.getByLabel('Адрес электронной почты').fill('agent1@zabaikalye.example')
  await box.getByLabel('Пароль', { exact: true }).fill(password)
  await box.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByText('Ответ отправлен, обращение закрыто')).toBeVisible()
  const requester = await as('zabaikalye', 'requester')
  const sent = (await history(requester, number)).filter((event) => event.body?.text === 'Ответ, который не потерялся.')
  expect(sent).toHaveLength(1)
})

test('many files are folded, an image is looked at over the page', async ({ page }) => {
  const number = await appeal(`Файлы ${Date.now()}`)
  const agent = await as('zabaikalye', 'agent1')
  const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgGAWjYBSMglEwCgAFMAABmXJvWQAAAABJRU5ErkJggg==', 'base64')
  const ids: string[] = []
  for (let i = 1; i <= 9; i++) {
    const file = i < 3 ? { name: `снимок-${i}.png`, mimeType: 'image/png', buffer: dot } : { name: `выгрузка-${i}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`строка ${i}`) }
    const answer = await agent.post('desks/webtorgi/attachments', { multipart: { file } })
    expect(answer.status(), await answer.text()).toBe(201)
    ids.push(((await answer.json()) as { id: string }).id)
  }
  const noted = await agent.post(`tickets/${number}/comments`, { data: { text: 'Снимки экрана.', visibility: 'internal', attachments: ids } })
  expect(noted.status(), await noted.text()).toBe(201)
  await session(page, 'zabaikalye', 'agent1')
  await open(page, 'zabaikalye', number)
  const entry = page.getByRole('listitem').filter({ hasText: 'Снимки экрана.' })
  await expect(entry.getByRole('link')).toHaveCount(6)
  await entry.getByRole('button', { name: 'Показать все файлы: 9' }).click()
  await expect(entry.getByRole('link')).toHaveCount(9)
  await entry.getByRole('button', { name: 'Посмотреть снимок-1.png' }).click()
  const box = page.getByRole('dialog', { name: 'снимок-1.png' })
  await expect(box.getByRole('img', { name: 'снимок-1.png' })).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('dialog', { name: 'снимок-2.png' })).toContainText('2 из 2')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})
