// The program is killed and started again while a form is being filled: what was typed is there, and the form is sent.
import { Program, scratch } from './program'
import { expect, password, test } from './story'

const folder = scratch()
const program = new Program(folder.path)

test.use({ expected: [/ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)|status of 50[234]/] })

test.beforeAll(async () => {
  test.setTimeout(240_000)
  await program.start()
})

test.afterAll(async () => {
  await program.stop()
  folder.remove()
})

test('a form outlives the server', async ({ page }) => {
  test.setTimeout(240_000)
  const home = `${program.address}/t/zabaikalye`
  const answer = await page.request.post(`${program.address}/api/v1/t/zabaikalye/sessions`, { data: { email: 'requester@zabaikalye.example', password } })
  expect(answer.status()).toBe(201)
  await page.goto(`${home}/file/webtorgi/appeal`)
  await page.getByLabel('Заголовок').fill('Сервер перезапущен')
  await page.getByLabel('Тип обращения').selectOption('Прочее')
  await program.stop('SIGKILL')

  // Typing goes on without it, and a sending that cannot arrive loses nothing.
  await page.getByLabel('Наименование документа').selectOption('Иное')
  await page.getByLabel('Описание обращения').fill('Набрано, пока сервера не было.')
  await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toBeVisible()
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByLabel('Описание обращения')).toHaveValue('Набрано, пока сервера не было.')

  await program.start()
  await expect(page.getByText(/Нет связи с сервером\. Введённое сохраняется/)).toHaveCount(0)
  // The session is kept in the database, so the same person goes on; the page need not be loaded again.
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const number = (await page.locator('.number').textContent()) ?? ''
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
  await expect(page.getByText('Набрано, пока сервера не было.')).toBeVisible()
  await page.goto(`${home}/tickets?on=true&mine=true`)
  await expect(page.getByRole('cell', { name: 'Сервер перезапущен' })).toHaveCount(1)
})
