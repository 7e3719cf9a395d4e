// What people are filling a form for breaks meanwhile: the plugin dies, the program is killed and started again. On a
// program of its own, so that no other test is near.
import { execFileSync } from 'node:child_process'

import type { Page } from '@playwright/test'

import { Program, scratch } from './program'
import { expect, password, test } from './story'

const folder = scratch()
const program = new Program(folder.path)

test.describe.configure({ mode: 'default' })
test.use({ expected: [/ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)|status of 50[234]/] })

test.beforeAll(async () => {
  test.setTimeout(240_000)
  await program.start()
})

test.afterAll(async () => {
  await program.stop()
  folder.remove()
})

const home = () => `${program.address}/t/zabaikalye`

async function begin(page: Page, title: string) {
  const answer = await page.request.post(`${program.address}/api/v1/t/zabaikalye/sessions`, { data: { email: 'requester@zabaikalye.example', password } })
  expect(answer.status()).toBe(201)
  await page.goto(`${home()}/file/webtorgi/appeal`)
  await page.getByLabel('Заголовок').fill(title)
  await page.getByLabel('Тип обращения').selectOption('Прочее')
}

/** The rest of the form. */
async function end(page: Page) {
  await page.getByLabel('Наименование документа').selectOption('Иное')
  await page.getByLabel('Описание обращения').fill('Набрано, пока ничего не работало.')
}

/** The ticket is there, once, with what was typed. */
async function filedOnce(page: Page, title: string) {
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const number = (await page.locator('.number').textContent()) ?? ''
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
  await expect(page.getByText('Набрано, пока ничего не работало.')).toBeVisible()
  await page.goto(`${home()}/tickets?on=true&mine=true`)
  await expect(page.getByRole('cell', { name: title })).toHaveCount(1)
}

test('a plugin that is killed keeps nobody from sending the form', async ({ page }) => {
  await begin(page, 'Расширение упало')
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(program.pid)], { encoding: 'utf8' })
  const plugin = children.split('\n').find((line) => line.includes('procurement-webtorgi'))
  expect(plugin, children).toBeDefined()
  process.kill(Number(plugin?.trim().split(/\s+/)[0]), 'SIGKILL')
  await end(page)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await filedOnce(page, 'Расширение упало')
})

test('a form outlives the server', async ({ page }) => {
  await begin(page, 'Сервер перезапущен')
  await program.stop('SIGKILL')
  // Typing goes on without it, and a sending that cannot arrive loses nothing.
  await end(page)
  await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toBeVisible()
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByText('Проверьте подключение и попробуйте ещё раз')).toBeVisible()
  await expect(page.getByLabel('Описание обращения')).toHaveValue('Набрано, пока ничего не работало.')

  await program.start()
  await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toHaveCount(0)
  // The session is kept in the database, so the same person goes on; the page need not be loaded again.
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await filedOnce(page, 'Сервер перезапущен')
})
