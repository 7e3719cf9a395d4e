// The operator: tenants, desks, first administrators, releases, and plugins that fail.
import { execFileSync } from 'node:child_process'

import { asOperator, operatorSession, unique } from './admin'
import { look } from './looks'
import { accessible, expect, password, test } from './story'

test('an operator makes a tenant, a desk and its administrator, who signs in', async ({ page, browser }) => {
  const slug = unique('op')
  await page.goto('/operator/')
  await page.getByLabel('Имя или адрес электронной почты').fill('operator@opora.example')
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти' }).click()
  await page.getByRole('button', { name: 'Добавить организацию' }).click()
  const box = page.getByRole('dialog')
  await box.getByRole('button', { name: 'Добавить' }).click()
  await expect(page.locator('.summary')).toBeFocused()
  await box.getByLabel('Имя в адресе').fill(slug)
  await box.getByLabel('Название по-русски').fill('Новая организация')
  await box.getByLabel('Название по-английски').fill('New organisation')
  await box.getByRole('button', { name: 'Добавить' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Новая организация' })).toBeVisible()

  await page.getByRole('button', { name: 'Изменить организацию' }).click()
  await box.getByLabel('Место для файлов, ГБ').fill('2')
  await box.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page.getByText(/0 байт из 2 ГБ/)).toBeVisible()

  await page.getByRole('button', { name: 'Добавить службу' }).click()
  await box.getByLabel('Начало номеров обращений').fill('1')
  await box.getByRole('button', { name: 'Добавить' }).click()
  const refused = page.locator('.summary').getByRole('listitem')
  await expect(refused).toHaveText([/Система с действующим выпуском: Выберите систему/, /^Имя в адресе: /, /^Начало номеров обращений: /])
  await box.getByLabel('Начало номеров обращений').fill('')
  await box.getByLabel('Система с действующим выпуском').selectOption({ label: 'ПК «WEB-Торги-КС», 1.0.0' })
  await box.getByLabel('Имя в адресе').fill('help')
  await box.getByRole('button', { name: 'Добавить' }).click()
  await expect(page.getByRole('row', { name: /procurement-webtorgi/ })).toBeVisible()

  await page.getByRole('button', { name: 'Добавить администратора' }).click()
  await box.getByLabel('Фамилия, имя, отчество').fill('Первая Полина Петровна')
  await box.getByLabel('Электронная почта').fill(`first@${slug}.example`)
  await box.getByRole('button', { name: 'Добавить' }).click()
  const shown = page.getByRole('dialog', { name: 'Пароль показывается один раз' })
  const given = await shown.locator('.pairs__secret').innerText()
  await shown.getByRole('button', { name: 'Пароль сохранён' }).click()

  const other = await browser.newContext({ locale: 'ru-RU' })
  const person = await other.newPage()
  await person.goto(`/t/${slug}/`)
  await person.getByLabel('Адрес электронной почты').fill(`first@${slug}.example`)
  await person.getByLabel('Пароль', { exact: true }).fill(given)
  await person.getByRole('button', { name: 'Войти' }).click()
  await person.getByRole('link', { name: 'Администрирование' }).click()
  await expect(person.getByRole('heading', { level: 2 })).toBeVisible()
  await other.close()

  await page.getByRole('button', { name: 'Выйти' }).click()
  await expect(page.getByLabel('Имя или адрес электронной почты')).toBeVisible()
})

test('a plugin that was killed is seen to restart, to stop in the end, and is started again', async ({ page }) => {
  test.setTimeout(180_000)
  const system = 'regional-portal'
  expect(process.env.OPORA_PID, 'the process of the program that these tests start').toBeDefined()
  const operator = await asOperator()
  const state = async () => {
    const { items } = (await (await operator.get('plugins')).json()) as { items: { system: string; state: string; pid?: number }[] }
    return items.find((plugin) => plugin.system === system)
  }
  const kill = async () => {
    let pid: number | undefined
    await expect(async () => {
      const now = await state()
      expect(now?.state).toBe('ready')
      pid = now?.pid
    }).toPass({ timeout: 60_000 })
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', process.env.OPORA_PID ?? ''], { encoding: 'utf8' })
    expect(children.split(/\s+/)).toContain(String(pid))
    process.kill(pid ?? 0, 'SIGKILL')
    await expect(async () => expect((await state())?.state).not.toBe('ready')).toPass({ intervals: [50], timeout: 10_000 })
  }
  await operatorSession(page)
  await page.goto(`/operator/plugins/${system}`)
  const mark = page.locator('.state')
  await expect(mark).toHaveText('работает')
  // Failures of earlier tests count too: it is killed until the host gives up.
  for (let i = 0; i < 6 && (await state())?.state !== 'quarantined'; i++) await kill()
  await expect(mark).toHaveText('остановлен после сбоев', { timeout: 20_000 })
  await accessible(page, 'operator plugin in quarantine')
  await page.getByRole('button', { name: /Перезапустить/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Перезапустить' }).click()
  await expect(mark).toHaveText('работает', { timeout: 60_000 })
  expect((await state())?.state).toBe('ready')
  await operator.dispose()
})

test('a refusal to activate a release tells what stands in the way', async ({ page }) => {
  await operatorSession(page)
  // No second release can be made through the screens, so one is put into the answer here.
  await page.route('**/api/v1/operator/releases', async (route) => {
    const answer = await route.fetch()
    const body = (await answer.json()) as { items: { system: string; state: string; digest: string; version: string }[] }
    const active = body.items.find((release) => release.system === 'docflow')
    body.items.push({ ...active!, state: 'registered', digest: 'f'.repeat(64), version: '9.0.0' })
    await route.fulfill({ response: answer, json: body })
  })
  await page.route('**/api/v1/operator/releases/*/activate', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      json: { type: 'about:blank', status: 409, code: 'release_refused', title: 'Conflict', detail: 'Выпуск не подходит', errors: [{ pointer: 'rules/route.yaml:12', code: 'x', message: 'Нет поля' }] },
    }),
  )
  await page.goto('/operator/systems/docflow')
  await page.getByRole('button', { name: 'Ввести в действие выпуск 9.0.0' }).click()
  const box = page.getByRole('dialog')
  await box.getByRole('button', { name: 'Ввести в действие' }).click()
  await expect(box.getByText('Выпуск не подходит')).toBeVisible()
  await expect(box.getByText('rules/route.yaml:12')).toBeVisible()
  await accessible(page, 'operator release refused')
})

test('the tail of a log follows until it is paused', async ({ page }) => {
  await operatorSession(page)
  let asked = 0
  // The plugins of the demo write nothing: what one would write is put into the answer.
  await page.route('**/plugins/docflow/log*', (route) => {
    asked++
    const line = (text: string) => ({ at: '2026-11-22T08:00:00Z', level: 'warn', stream: 'stderr', text })
    return route.fulfill({ json: { lines: [line('первая строка'), line(`строка ${asked}`)] } })
  })
  await page.goto('/operator/plugins/docflow')
  const log = page.getByRole('region', { name: 'Журнал плагина' }).last()
  await expect(log.getByText('первая строка')).toBeVisible()
  const here = await page.evaluate(() => new Date('2026-11-22T08:00:00Z').toLocaleTimeString('ru-RU', { hour: '2-digit', minute: '2-digit', second: '2-digit' }))
  await expect(log.locator('time').first()).toHaveText(here)
  await expect(log.getByText('строка 2')).toBeVisible()
  await accessible(page, 'operator plugin with a log')
  await page.getByRole('button', { name: 'Приостановить' }).click()
  await expect(page.getByText('Журнал приостановлен')).toBeVisible()
  const paused = asked
  // The states of the plugins are still read; the log is not.
  await page.waitForResponse((answer) => answer.url().endsWith('/operator/plugins'))
  expect(asked).toBeLessThanOrEqual(paused + 1)
  await page.getByRole('button', { name: 'Следить' }).click()
  await expect.poll(() => asked).toBeGreaterThan(paused + 1)
})

test('a plugin is reached and asked about by keyboard alone', async ({ page }) => {
  await operatorSession(page)
  await page.goto('/operator/plugins/docflow')
  const restart = page.getByRole('button', { name: /^Перезапустить/ })
  await expect(restart).toBeVisible()
  for (let i = 0; i < 20 && !(await restart.evaluate((button) => button === document.activeElement)); i++) await page.keyboard.press('Tab')
  await expect(restart).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Отмена' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(restart).toBeFocused()
})

test('a session that ended takes nothing that was typed, and the refused write is sent after the sign-in', async ({ page }) => {
  const slug = unique('late')
  await operatorSession(page)
  await page.goto('/operator/')
  await page.getByRole('button', { name: 'Добавить организацию' }).click()
  const form = page.getByRole('dialog', { name: 'Добавить организацию' })
  await form.getByLabel('Имя в адресе').fill(slug)
  await form.getByLabel('Название по-русски').fill('Набранное до конца сеанса')
  await page.context().clearCookies()
  // The plugins are read by themselves: that alone opens the sign-in, over the form.
  const login = page.getByRole('dialog', { name: 'Вход' })
  await expect(login).toBeVisible()
  await expect(login.getByLabel('Имя или адрес электронной почты')).toHaveValue('operator@opora.example')
  await expect(login.getByLabel('Пароль', { exact: true })).toBeFocused()
  await accessible(page, 'operator sign-in over a form')
  // One Escape closes one box, and who closed it is not asked again by what the page reads itself.
  await page.keyboard.press('Escape')
  await expect(login).toHaveCount(0)
  await expect(form.getByLabel('Название по-русски')).toHaveValue('Набранное до конца сеанса')
  await expect(form.getByText('Введённое не сохранено и пропадёт.')).toHaveCount(0)
  await expect(page.getByRole('banner').getByText('Выйти')).toHaveCount(0)
  await page.waitForResponse((answer) => answer.url().endsWith('/operator/plugins') && answer.status() === 401)
  await expect(login).toHaveCount(0)
  await form.getByLabel('Название по-английски').fill('Typed before the end')
  await form.getByRole('button', { name: 'Добавить' }).click()
  await login.getByLabel('Пароль', { exact: true }).fill(password)
  await login.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Набранное до конца сеанса' })).toBeVisible()
  await expect(page.getByRole('banner').getByText('Выйти')).toBeVisible()
})

test('another operator who signs in gets a fresh page, and sends nothing that was not his', async ({ page }) => {
  await operatorSession(page)
  await page.goto('/operator/')
  await page.getByRole('button', { name: 'Добавить организацию' }).click()
  const form = page.getByRole('dialog', { name: 'Добавить организацию' })
  await form.getByLabel('Имя в адресе').fill(unique('other'))
  await form.getByLabel('Название по-русски').fill('Чужое')
  await form.getByLabel('Название по-английски').fill('Somebody else’s')
  await page.context().clearCookies()
  await form.getByRole('button', { name: 'Добавить' }).click()
  const login = page.getByRole('dialog', { name: 'Вход' })
  await expect(login).toBeVisible()
  // The demo has one operator: another name is put into the answer.
  await page.route('**/api/v1/operator/me', (route) => route.fulfill({ json: { login: 'second@opora.example', name: 'Второй оператор' } }))
  let sent = 0
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/operator/tenants')) sent++
  })
  await login.getByLabel('Пароль', { exact: true }).fill(password)
  await login.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('banner').getByText('Второй оператор')).toBeVisible()
  await expect(page.getByRole('table')).toHaveCount(3)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(sent).toBe(0)
})

test('the page of a plugin says soon that its process died, in words, and the log tells of it', async ({ page }) => {
  await operatorSession(page)
  let killed = 0
  // A process that died and one that works again, as the server tells of them.
  await page.route('**/api/v1/operator/plugins', async (route) => {
    const answer = await route.fetch()
    const body = (await answer.json()) as { items: { system: string; state: string; reason?: string; cause?: string; failed_at?: string }[] }
    const one = body.items.find((plugin) => plugin.system === 'accreditation')
    if (killed > 0 && one) Object.assign(one, { state: killed === 1 ? 'backoff' : 'ready', reason: 'ended: signal: killed', cause: 'ended', failed_at: '2026-11-22T14:49:56Z' })
    await route.fulfill({ response: answer, json: body })
  })
  await page.goto('/operator/plugins/accreditation')
  const mark = page.locator('.state')
  await expect(mark).toHaveText('работает')
  // The core's own line about the start of the process stands in the log, marked.
  await expect(page.locator('.log__line[data-stream="core"]').first()).toContainText(/ядро.*process \d+ is ready/)
  killed = 1
  await expect(mark).toHaveText('перезапускается', { timeout: 6_000 })
  await expect(page.getByText('Причина:')).toBeVisible()
  // Once, in the reader's words, with the time and its zone.
  await expect(page.getByText(/процесс завершён сигналом KILLED, 22 нояб\. 2026 г\., \d\d:49:56 \S+/)).toBeVisible()
  await expect(page.getByText('ended:')).toHaveCount(0)
  await page.getByRole('link', { name: 'Установка' }).first().click()
  await expect(page.getByRole('row', { name: /accreditation/ }).first()).toContainText('перезапускается')
  await page.goBack()
  killed = 2
  await expect(mark).toHaveText('работает', { timeout: 6_000 })
  await expect(page.getByText('Последнее завершение:')).toBeVisible()
  await expect(page.getByText('Причина:')).toHaveCount(0)
})

for (const locale of ['ru-RU', 'en-US'] as const) {
  test.describe(locale, () => {
    test.use({ locale })

    test('looks', async ({ page }) => {
      await page.goto('/operator/')
      await expect(page.getByRole('textbox').first()).toBeVisible()
      await look(page, 'operator, signed out')
      await operatorSession(page)
      await page.goto('/operator/')
      await expect(page.getByRole('table')).toHaveCount(3)
      await look(page, 'operator')
      await page.getByRole('button', { name: /Добавить организацию|Add a tenant/ }).click()
      await accessible(page, 'operator new tenant')
      await page.keyboard.press('Escape')
      for (const path of ['plugins/procurement-webtorgi', 'tenants/hosting', 'systems/docflow']) {
        await page.goto(`/operator/${path}`)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expect(page.locator('.waiting')).toHaveCount(0)
        await look(page, `operator ${path}`)
      }
      await page.goto('/operator/tenants/hosting')
      await page.getByRole('button', { name: /Добавить службу|Add a desk/ }).click()
      await accessible(page, 'operator new desk')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /Добавить администратора|Add an administrator/ }).click()
      await accessible(page, 'operator administrator')
    })
  })
}
