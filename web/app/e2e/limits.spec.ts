// What is long and what is many: forty attachments, a subject of two hundred characters, on a wide and a narrow screen.
import { fillForm } from './filling'
import { look } from './looks'
import { as, expect, session, test } from './story'

const subject = 'Подстрочнопримечательносведенческий план-график '.repeat(5).slice(0, 199) + '!'
const files = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ name: `снимок экрана ${String(from + i + 1).padStart(2, '0')} с сообщением об ошибке.png`, mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') }))

test('forty attachments and a subject of 200 characters', async ({ page }) => {
  expect([...subject]).toHaveLength(200)
  await session(page, 'zabaikalye', 'requester2')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await fillForm(page, {
    title: subject,
    type: 'other',
    document: 'other',
    description: 'Много файлов и длинный заголовок.',
    email: 'requester2@zabaikalye.example',
    phone: '8-3022-355002',
  })
  // Of forty files that are chosen at once ten are taken, each of the others says why it is not; none goes unnoticed.
  await page.getByTestId('file-input').setInputFiles(files(40))
  await expect(page.getByRole('button', { name: /^Убрать файл снимок/ })).toHaveCount(40)
  await expect(page.getByText('Файл не принят: можно приложить не больше 10 файлов')).toHaveCount(30)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Уберите файлы, которые не приняты' })).toBeFocused()
  await look(page, 'form webtorgi/appeal, forty files')
  await page.getByRole('button', { name: 'Убрать 30 непринятых файлов' }).click()
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const number = (await page.locator('.number').textContent()) ?? ''

  // The other thirty come with three replies.
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  for (let reply = 1; reply <= 3; reply++) {
    await page.getByLabel('Текст').fill(`Ещё файлы, ${reply}`)
    await page.getByTestId('file-input').setInputFiles(files(10, reply * 10))
    await expect(page.getByRole('button', { name: /^Убрать файл снимок/ })).toHaveCount(10)
    await expect(page.getByRole('progressbar')).toHaveCount(0)
    await page.getByRole('button', { name: 'Отправить ответ' }).click()
    await expect(page.getByText(`Ещё файлы, ${reply}`).first()).toBeVisible()
    await expect(page.getByLabel('Текст')).toHaveValue('')
  }
  await expect(page.locator('.ticket__main').getByRole('link', { name: /снимок экрана/ })).toHaveCount(40)
  await look(page, 'ticket, forty attachments')
  await page.goto('/t/zabaikalye/tickets')
  await expect(page.getByRole('link', { name: number })).toBeVisible()
  await look(page, 'tickets, subject of 200 characters')
  const requester = await as('zabaikalye', 'requester2')
  const ticket = (await (await requester.get(`tickets/${number}`)).json()) as { subject: string }
  expect(ticket.subject).toBe(subject)
})

test('a file that is still on its way is not left behind', async ({ page }) => {
  await session(page, 'zabaikalye', 'requester2')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await fillForm(page, { title: `Файл в пути ${Date.now()}`, type: 'other', document: 'other', description: 'Файл ещё загружается.', email: 'requester2@zabaikalye.example', phone: '8-3022-355002' })
  let arrive = () => {}
  const arrived = new Promise<void>((done) => (arrive = done))
  await page.route('**/attachments', async (route) => {
    await arrived
    await route.continue()
  })
  await page.getByTestId('file-input').setInputFiles(files(1))
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Дождитесь, пока загрузятся файлы' })).toBeFocused()
  arrive()
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('link', { name: /снимок экрана 01/ }).first()).toBeVisible()
})

test('a reply is kept with its files over a reload', async ({ page }) => {
  const requester = await as('zabaikalye', 'requester2')
  const { items } = (await (await requester.get('tickets', { params: { mine: 'true' } })).json()) as { items: { number: string }[] }
  await session(page, 'zabaikalye', 'requester2')
  await page.goto(`/t/zabaikalye/tickets/${items[0]?.number}`)
  await page.getByLabel('Текст').fill('Недописанный ответ')
  await page.getByTestId('file-input').setInputFiles(files(1))
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  await page.reload()
  await expect(page.getByLabel('Текст')).toHaveValue('Недописанный ответ')
  await expect(page.getByRole('button', { name: /^Убрать файл снимок экрана 01/ })).toBeVisible()
})

test('an address that was damaged on its way still opens the page', async ({ page }) => {
  await session(page, 'zabaikalye', 'requester')
  for (const damaged of ['q=%E0%A4%A', 'organisation=%00', 'after=%FF']) {
    await page.goto(`/t/zabaikalye/tickets?${damaged}`)
    await expect(page.getByRole('heading', { name: 'Обращения', level: 1 })).toBeVisible()
  }
})
