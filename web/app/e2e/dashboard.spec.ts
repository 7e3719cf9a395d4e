// A desk's figures: they are what was filed, the same in every table, and lead to the tickets behind them.
import { desk, Stage } from './admin'
import { look } from './looks'
import { expect, test } from './story'

test('the numbers are the tickets that were filed, and lead to them', async ({ page }) => {
  const stage = await Stage.build()
  await stage.file('error', 'Пустая страница')
  await stage.file('error', 'Ошибка контроля')
  const closed = await stage.file('question', 'Как подписать')
  const agent = await stage.as('agent')
  const moves = (await (await agent.get(`tickets/${closed}/transitions`)).json()) as { items: { key: string; to: string; allowed: boolean }[] }
  const done = moves.items.find((move) => move.allowed && move.key === 'not-confirmed') ?? moves.items.find((move) => move.allowed && /bug|answer|done|close|complete/.test(`${move.key} ${move.to}`))
  expect(done, JSON.stringify(moves.items)).toBeDefined()
  const moved = await agent.post(`tickets/${closed}/transitions`, { data: { transition: done?.key, comment: 'Ответ на вопрос.' } })
  expect(moved.status(), await moved.text()).toBe(200)
  const status = ((await moved.json()) as { status: { category: string } }).status
  expect(status.category).toBe('done')

  await stage.session(page, 'agent')
  await page.goto(`/t/${stage.tenant}/desk/`)
  await page.getByRole('link', { name: 'Сводка' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Сводка: Служба проверки' })).toBeVisible()
  const number = (name: string) => page.locator('.numbers > div').filter({ hasText: name }).locator('dd')
  // The server may keep figures for some seconds.
  await expect(async () => {
    await page.reload()
    await expect(number('Открыто сейчас')).toBeVisible()
    await expect(number('Открыто сейчас')).toHaveText('2', { timeout: 2000 })
  }).toPass()
  await expect(number('Подано за период')).toHaveText('3')
  await expect(number('Закрыто за период')).toHaveText('1')

  // Today's row of the chart's table tells the same.
  await page.getByText('Показать таблицей').click()
  const today = page.getByRole('table', { name: 'Подано и закрыто по дням' }).getByRole('row').nth(1)
  await expect(today.getByRole('cell')).toHaveText(['3', '1'])

  // Each table sums up to what is open.
  for (const name of ['Открытые по статусам', 'Открытые по линиям', 'Открытые по очередям', 'Сколько ждут открытые']) {
    const counts = await page.getByRole('table', { name }).getByRole('cell').allInnerTexts()
    expect(counts.reduce((total, text) => total + Number(text), 0), name).toBe(2)
  }
  await page.getByLabel('Считать по полю').selectOption({ label: 'Тип обращения' })
  const types = page.getByRole('table', { name: 'Открытые: Тип обращения' })
  await expect(types.getByRole('cell')).toHaveText(['2'])

  await page.getByRole('table', { name: 'Открытые по линиям' }).getByRole('link').first().click()
  await expect(page.getByText('Ошибка контроля').first()).toBeVisible()
  await expect(page.getByText('Пустая страница').first()).toBeVisible()
  await expect(page.getByText('Как подписать')).toHaveCount(0)
  await agent.dispose()
})

test('a period of one’s own is checked and kept in the address', async ({ page }) => {
  const stage = await Stage.build()
  await stage.session(page, 'agent')
  await page.goto(`/t/${stage.tenant}/desk/dashboard`)
  await expect(page.getByText('За этот период обращений не было')).toBeVisible()
  await page.getByRole('button', { name: '90 дней' }).click()
  await expect(page).toHaveURL(/days=90/)
  await page.getByRole('button', { name: 'Свой период' }).click()
  await page.getByLabel('С', { exact: true }).fill('2026-02-02')
  await page.getByLabel('По', { exact: true }).fill('2026-02-01')
  await page.getByRole('button', { name: 'Показать', exact: true }).click()
  await expect(page.getByText('Первый день позже последнего')).toBeVisible()
  await page.getByLabel('По', { exact: true }).fill('2026-02-28')
  await page.getByRole('button', { name: 'Показать', exact: true }).click()
  await expect(page).toHaveURL(/from=2026-02-02&to=2026-02-28/)
})

test('a line that sees only what it was handed has no figures', async ({ page }) => {
  const stage = await Stage.build()
  const admin = await stage.as('admin')
  const members = (await (await admin.get(`desks/${desk}/members`)).json()) as { items: { person: { id: string }; line: string }[] }
  const agent = members.items.find((member) => member.line === 'line1')
  const set = await admin.put(`desks/${desk}/members/${agent?.person.id}`, { data: { line: 'line3', administrator: false } })
  expect(set.status(), await set.text()).toBe(200)
  await stage.session(page, 'agent')
  await page.goto(`/t/${stage.tenant}/desk/dashboard`)
  await expect(page.getByText('Сводку видят администраторы')).toBeVisible()
  await admin.dispose()
})

for (const locale of ['ru-RU', 'en-US'] as const) {
  test.describe(locale, () => {
    test.use({ locale })

    test('looks', async ({ page }) => {
      const stage = await Stage.build()
      await stage.session(page, 'agent')
      await page.goto(`/t/${stage.tenant}/desk/dashboard`)
      await expect(page.locator('.numbers')).toBeVisible()
      await look(page, 'dashboard, empty')
      await stage.file('error', 'Подстрочнопримечательные сведения о неотправляемых планах-графиках')
      await page.goto(`/t/${stage.tenant}/desk/dashboard?days=7&by=%2Ftype`)
      await expect(async () => {
        await page.reload()
        await expect(page.locator('.numbers')).toBeVisible()
        await expect(page.locator('.figure').first()).toBeVisible({ timeout: 3000 })
      }).toPass()
      await page.locator('details summary').click()
      await look(page, 'dashboard')
    })
  })
}
