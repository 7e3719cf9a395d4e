// The list of the console: order, columns, filters and views in the address, and a list that lives without jumping.
import { answerAs, appeal } from './desk'
import { as, expect, session, test } from './story'

test.beforeEach(({ page }) => session(page, 'zabaikalye', 'agent1'))

test('order, columns and filters are in the address and survive a reload', async ({ page }) => {
  const registry = `77${Date.now()}`
  const number = await appeal(`Столбцы ${registry}`, registry)
  await page.goto('/t/zabaikalye/desk/')
  await page.getByRole('button', { name: 'Столбцы' }).click()
  await page.getByRole('checkbox', { name: 'Реестровые номера документов' }).check()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'Реестровые номера документов' })).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(number) })).toContainText(registry)

  await page.getByRole('columnheader', { name: 'Номер', exact: true }).getByRole('button').click()
  await expect(page).toHaveURL(/order=created/)
  // This order is over what is not done, and says so.
  await expect(page.getByText('Показаны только незакрытые')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Новые', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('button', { name: 'Закрыты', exact: true })).toHaveAttribute('aria-pressed', 'false')
  await page.getByRole('columnheader', { name: /^Номер/ }).getByRole('button').click()
  await expect(page.getByRole('columnheader', { name: /^Номер/ })).toHaveAttribute('aria-sort', 'ascending')
  await page.getByRole('combobox', { name: 'Исполнитель' }).selectOption({ label: 'Не назначен' })

  await page.reload()
  await expect(page.getByRole('columnheader', { name: /^Номер/ })).toHaveAttribute('aria-sort', 'ascending')
  await expect(page.getByRole('columnheader', { name: 'Реестровые номера документов' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Исполнитель' })).toHaveValue('none')
  const numbers = await page.getByRole('row').locator('.row-ticket__number').allInnerTexts()
  expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a.replace(/\D/g, '')) - Number(b.replace(/\D/g, ''))))

  // Closed tickets cannot be in that order: choosing them returns to the common one.
  await page.getByRole('button', { name: 'Закрыты', exact: true }).click()
  await expect(page).not.toHaveURL(/order=/)
  await expect(page).toHaveURL(/category=[^&]*done/)
})

test('a view is kept, shared, shown to a colleague and forgotten', async ({ page, browser }) => {
  const title = `Мой вид ${Date.now()}`
  await page.goto('/t/zabaikalye/desk/?category=new&assignee=none')
  await expect(page.getByRole('table')).toBeVisible()
  await page.keyboard.press('s')
  const box = page.getByRole('dialog', { name: 'Сохранить вид…' })
  await box.getByRole('textbox', { name: 'Название' }).fill(title)
  // Who is no administrator shares nothing.
  await expect(box.getByRole('checkbox')).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(page.getByText(`Вид «${title}» сохранён`)).toBeVisible()
  // A second one of that name replaces it, if that is wanted.
  await page.getByRole('button', { name: 'Сохранить вид…' }).click()
  await box.getByRole('textbox', { name: 'Название' }).fill(title.toUpperCase())
  await box.getByRole('button', { name: 'Сохранить', exact: true }).click()
  await expect(box.getByText('Вид с таким названием уже есть')).toBeVisible()
  await box.getByRole('textbox', { name: 'Название' }).fill(title)
  await box.getByRole('button', { name: 'Сохранить', exact: true }).click()
  await box.getByRole('button', { name: `Заменить «${title}»` }).click()
  await expect(box).toHaveCount(0)
  await expect(page.getByRole('link', { name: title })).toHaveCount(1)
  const link = page.getByRole('link', { name: title })
  await expect(link).toHaveAttribute('aria-current', /page|true/)
  await expect(page.getByRole('link', { name: 'Все обращения' })).not.toHaveAttribute('aria-current')
  await page.getByRole('link', { name: 'Все обращения' }).click()
  await expect(page).not.toHaveURL(/assignee/)
  await page.keyboard.press('Control+k')
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/assignee=none/)

  const shared = `Общий вид ${Date.now()}`
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin, locale: 'ru-RU' })
  const admin = await context.newPage()
  await session(admin, 'zabaikalye', 'admin')
  await admin.goto('/t/zabaikalye/desk/?unread=true')
  await expect(admin.getByRole('link', { name: title })).toHaveCount(0)
  await admin.getByRole('button', { name: 'Сохранить вид…' }).click()
  await admin.getByRole('textbox', { name: 'Название' }).fill(shared)
  await admin.getByRole('checkbox', { name: /^Общий/ }).check()
  await admin.getByRole('button', { name: 'Сохранить', exact: true }).click()
  await expect(admin.getByRole('link', { name: shared })).toBeVisible()

  await page.reload()
  await page.getByRole('link', { name: shared }).click()
  await expect(page).toHaveURL(/unread=true/)
  await expect(page.getByRole('button', { name: 'Непрочитанные' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('button', { name: `Изменить вид «${shared}»` })).toHaveCount(0)

  await admin.getByRole('button', { name: `Изменить вид «${shared}»` }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
  await expect(admin.getByRole('link', { name: shared })).toHaveCount(0)
  await context.close()
  await page.getByRole('button', { name: `Изменить вид «${title}»` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
  await expect(link).toHaveCount(0)
})

test('the list lives: rows change where they stand, what came waits to be asked for', async ({ page }) => {
  const mark = `Живой список ${Date.now()}`
  const first = await appeal(`${mark} первое`)
  const second = await appeal(`${mark} второе`)
  await page.goto(`/t/zabaikalye/desk/?q=${encodeURIComponent(mark)}`)
  await expect(page.getByText('Обновляется сама')).toBeVisible()
  const row = page.getByRole('row', { name: new RegExp(first) })
  await expect(row).toContainText('Не подтверждено')
  await expect(page.getByRole('row')).toHaveCount(3)
  await row.hover()
  const before = await row.boundingBox()

  await answerAs('agent2', first, 'Готово.', 'close')
  await expect(row).toContainText('изменилось')
  await expect(row).toContainText('Выполнено')
  expect(await row.boundingBox()).toEqual(before)

  const third = await appeal(`${mark} третье`)
  const news = page.getByRole('button', { name: '1 новое обращение. Показать' })
  await expect(news).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(third) })).toHaveCount(0)
  expect(await row.boundingBox()).toEqual(before)

  await page.keyboard.press('r')
  await expect(page.getByRole('row', { name: new RegExp(third) })).toBeVisible()
  await expect(news).toBeHidden()
  await expect(page.getByRole('row', { name: new RegExp(second) })).toBeVisible()
})

test('one row is the stop of the Tab key, arrows and letters go on from it', async ({ page }) => {
  await appeal(`Остановка ${Date.now()}`)
  await page.goto('/t/zabaikalye/desk/')
  const links = page.locator('.row-ticket__link')
  await expect(links.first()).toBeVisible()
  await expect(page.locator('.row-ticket__link[tabindex="0"]')).toHaveCount(1)
  await links.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(links.nth(1)).toBeFocused()
  await expect(page.locator('.row-ticket__link[tabindex="0"]')).toHaveCount(1)
  await page.keyboard.press('k')
  await expect(links.first()).toBeFocused()
  await page.keyboard.press('End')
  await expect(links.last()).toBeFocused()
  // Without single keys a row is chosen by its box, which Tab reaches.
  await page.keyboard.press('Home')
  await expect(links.first()).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Space')
  await expect(page.getByText('Выбрано 1 обращение')).toBeVisible()
})

test('chosen rows are given to a colleague', async ({ page }) => {
  const mark = `Назначение ${Date.now()}`
  const number = await appeal(mark)
  await page.goto(`/t/zabaikalye/desk/?q=${encodeURIComponent(mark)}`)
  await page.getByRole('checkbox', { name: `Выбрать ${number}` }).check()
  const agent = await as('zabaikalye', 'agent2')
  const { name } = (await (await agent.get('me')).json()) as { name: string }
  await page.getByRole('combobox', { name: 'Назначить…' }).selectOption({ label: name })
  // Choosing alone assigns nobody: an arrow key must not (WCAG 2.1, 3.2.2).
  await expect(page.getByText('Выбрано 1 обращение')).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(number) }).locator('.row-ticket__assignee')).toHaveText('Не назначен')
  await page.getByRole('button', { name: 'Назначить', exact: true }).press('Enter')
  await expect(page.getByText('Изменено 1 обращение')).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(number) }).locator('.row-ticket__assignee')).toHaveAttribute('title', name)
  await expect(page.getByRole('link', { name: mark })).toBeFocused()
})

test('all tickets of one requester are a step away from any of them', async ({ page }) => {
  const number = await appeal(`Заявитель ${Date.now()}`)
  await page.goto(`/t/zabaikalye/desk/tickets/${number}`)
  await page.getByRole('link', { name: 'Все обращения заявителя' }).click()
  await expect(page).toHaveURL(/requester=/)
  await expect(page.getByText('Обращения заявителя: Дамдинова Баирма Цыреновна')).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(number) })).toBeVisible()
  const names = await page.locator('.row-ticket__who').allInnerTexts()
  expect(names.every((name) => name.includes('Дамдинова'))).toBe(true)
})

test('an order that leaves out the closed ones says so, leads back, and is no error in a bare link', async ({ page }) => {
  await page.goto('/t/zabaikalye/desk/?order=priority')
  await expect(page.getByRole('table')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByText('Показаны только незакрытые')).toBeVisible()
  await page.getByRole('button', { name: 'Показать и закрытые, по изменению' }).click()
  await expect(page).not.toHaveURL(/order=|category=/)
  await expect(page.getByText('Показаны только незакрытые')).toHaveCount(0)
})

test('a queue lists as many tickets as it counts', async ({ page }) => {
  const agent = await as('zabaikalye', 'agent1')
  await page.goto('/t/zabaikalye/desk/')
  for (const name of [/^Обращения по документам/, /^Незакрытые/]) {
    await page.getByRole('link', { name }).click()
    await expect(page).toHaveURL(/category=new(,|%2C)open(,|%2C)waiting/)
    await expect(page.getByRole('table').or(page.getByText('По этому отбору обращений нет'))).toBeVisible()
    const asked = new URL(page.url()).searchParams
    const listed = async () => {
      let count = 0
      let after: string | undefined
      do {
        const params: Record<string, string> = { desk: 'webtorgi', category: asked.get('category') ?? '', limit: '100' }
        if (asked.get('queue')) params.queue = asked.get('queue') ?? ''
        if (after) params.after = after
        const answer = (await (await agent.get('tickets', { params })).json()) as { items: unknown[]; next?: string }
        count += answer.items.length
        after = answer.next
      } while (after)
      return count
    }
    await expect(async () => expect(await page.getByRole('link', { name }).innerText()).toMatch(new RegExp(`\\b${await listed()}\\b`))).toPass()
  }
})

test('the rows stay while another filter is read', async ({ page }) => {
  await appeal(`Прежние строки ${Date.now()}`)
  await page.goto('/t/zabaikalye/desk/')
  const rows = page.locator('.row-ticket')
  await expect(rows.first()).toBeVisible()
  let go = () => undefined as void
  const wait = new Promise<void>((resolve) => (go = resolve))
  await page.route(/tickets\?.*unread=true/, async (route) => {
    await wait
    await route.continue()
  })
  await page.getByRole('button', { name: 'Непрочитанные' }).click()
  await expect(page.locator('.worklist__scroll')).toHaveAttribute('aria-busy', 'true')
  await expect(rows.first()).toBeVisible()
  go()
  await expect(page.locator('.worklist__scroll[aria-busy]')).toHaveCount(0)
})

test('the subject keeps its room beside three columns of the desk', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 850 })
  await page.goto('/t/zabaikalye/desk/?columns=/type,/registry_numbers,/email')
  await expect(page.getByRole('table')).toBeVisible()
  const box = await page.locator('.row-ticket__subject').first().boundingBox()
  expect(box?.width).toBeGreaterThan(200)
})

test('a number is whole, and no word of a deadline is broken', async ({ page }) => {
  // An unread one is set in bold, with a mark before it: the longest that there is.
  await appeal(`Длинный номер ${Date.now()}`)
  const tenants = [['zabaikalye', '/type,/document,/registry_numbers'], ['hosting', '']] as const
  for (const [tenant, columns] of tenants) {
    await session(page, tenant, 'agent1')
    for (const width of [1280, 1600]) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(`/t/${tenant}/desk/${columns && `?columns=${columns}`}`)
      await expect(page.locator('.row-ticket').first()).toBeVisible()
      const cut = await page.evaluate(() => {
        // The longest that a prefix may be, and the longest words of a distance.
        const number = document.querySelector('.row-ticket__number')
        const due = document.querySelector('.row-ticket__due, .row-ticket__at')
        if (due) due.innerHTML = '<time>просрочено, послезавтра</time>'
        due?.setAttribute('data-late', 'true')
        if (number) number.parentElement?.setAttribute('data-unread', 'true')
        return [...document.querySelectorAll<HTMLElement>('.row-ticket__number, .row-ticket__due, .row-ticket__at')]
          .filter((cell) => cell.scrollWidth > cell.clientWidth)
          .map((cell) => `${cell.textContent} ${cell.scrollWidth} > ${cell.clientWidth}`)
      })
      expect(cut, `${tenant}, ${width}`).toEqual([])
      const words = await page.locator('.row-ticket__due time, .row-ticket__at time').first().evaluate((time) => time.getClientRects().length)
      expect(words, 'lines of "просрочено, послезавтра"').toBeLessThanOrEqual(2)
    }
  }
})

test('a number without its hyphen opens the ticket, and ? opens the sheet in the Russian layout', async ({ page }) => {
  const number = await appeal(`Без дефиса ${Date.now()}`)
  await page.goto('/t/zabaikalye/desk/')
  await expect(page.getByRole('table')).toBeVisible()
  await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ',', code: 'Slash', shiftKey: true, bubbles: true, cancelable: true })))
  await expect(page.getByRole('dialog', { name: 'Сочетания клавиш' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('Control+k')
  await page.keyboard.type(number.replace('-', '').toLowerCase())
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/tickets/${number}$`))
})

test('a link to one’s own tickets is copied with who one is', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const agent = await as('zabaikalye', 'agent1')
  const { id } = (await (await agent.get('me')).json()) as { id: string }
  await page.goto('/t/zabaikalye/desk/?assignee=me')
  await page.getByRole('button', { name: 'Скопировать ссылку для коллег' }).click()
  await expect(page.getByText('Ссылка скопирована')).toBeVisible()
  expect(new URL(await page.evaluate(() => navigator.clipboard.readText())).searchParams.get('assignee')).toBe(id)
})

test('queues show how many tickets wait in them', async ({ page }) => {
  const agent = await as('zabaikalye', 'agent1')
  const counts = async () => {
    const { items } = (await (await agent.get('desks/webtorgi/counts')).json()) as { items: { queue: string; count: number }[] }
    return items.filter((item) => item.queue === 'documents').reduce((sum, item) => sum + item.count, 0)
  }
  await page.goto('/t/zabaikalye/desk/')
  const queue = page.getByRole('link', { name: /^Обращения по документам/ })
  // Other tests file meanwhile: both are read anew until they agree.
  const agree = () => expect(async () => expect(await queue.innerText()).toContain(String(await counts()))).toPass()
  await agree()
  await appeal(`Счёт ${Date.now()}`)
  await agree()
})

test.describe('a touch screen', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })

  test('speaks of no keys', async ({ page }) => {
    const number = await appeal(`Без клавиш ${Date.now()}`)
    await page.goto(`/t/zabaikalye/desk/tickets/${number}`)
    await expect(page.getByRole('textbox', { name: 'Ответ заявителю' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Команды' })).toBeVisible()
    for (const key of ['Ctrl', 'Shift', 'Enter']) {
      for (const hint of await page.getByText(key).all()) await expect(hint).toBeHidden()
    }
  })
})
