// A call that breaks off, a page that is loaded anew, a number that was misheard: nothing of one caller goes to another.
import type { Page } from '@playwright/test'

import { accessible, as, expect, password, session, test } from './story'

const desk = '/t/kaliningrad/desk/phone'
const known = 'Мельникова Татьяна Алексеевна'

interface Filed {
  number: string
  subject: string
  requester: { id: string; name: string; email?: string; phone?: string; verified: boolean }
  organisation?: { name: string }
}

async function filedAs(page: Page): Promise<Filed> {
  await expect(page.getByRole('heading', { name: 'Обращение зарегистрировано' })).toBeVisible()
  const number = (await page.locator('.number').textContent()) ?? ''
  const agent = await as('kaliningrad', 'agent1')
  return (await (await agent.get(`tickets/${number}`)).json()) as Filed
}

/** Somebody else whom the desk knows: who called once. */
async function another(): Promise<{ id: string; name: string; email: string; number: string }> {
  const agent = await as('kaliningrad', 'agent1')
  const tag = [...`${Date.now()}`.slice(-7)].map((digit) => 'абвгдежзик'[Number(digit)]).join('')
  const requester = { name: `Прохоров ${tag[0]?.toUpperCase()}${tag.slice(1)} Ильич`, email: `p${Date.now()}@adm-zelenogradsk.example` }
  const answer = await agent.post('tickets', {
    data: { desk: 'docflow', form: 'request', channel: 'phone', fields: { type: 'advice', title: 'Первый звонок', description: 'Первый звонок.', name: requester.name, email: requester.email }, requester },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  const ticket = (await answer.json()) as Filed
  return { ...requester, number: ticket.number, id: ticket.requester.id }
}

async function opened(page: Page) {
  await session(page, 'kaliningrad', 'agent1')
  await page.goto(desk)
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(page.getByRole('button', { name: 'Зарегистрировать' })).toBeVisible()
}

async function choose(page: Page, words: string, name: string) {
  await page.getByRole('searchbox').fill(words)
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await expect(page.locator('.phone__caller')).toContainText(name)
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue(name)
}

const type = (page: Page) => page.getByRole('combobox', { name: 'Вид обращения' })
const subject = (page: Page) => page.locator('#f-title')
const description = (page: Page) => page.locator('#f-description')
const unfinished = (page: Page) => page.getByRole('region', { name: 'Незаконченные звонки' })

async function fill(page: Page, title: string) {
  await type(page).selectOption(await type(page).locator('option').last().innerText())
  await subject(page).fill(title)
  await description(page).fill(`${title}: подробности.`)
}

/** A key of the page, pressed where no field takes it. */
async function key(page: Page, name: string) {
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press(name)
}

test('the next call begins empty, and the one that broke off is gone on with or taken away', async ({ page }) => {
  const other = await another()
  await opened(page)
  await choose(page, 'мельн', known)
  await fill(page, 'Оборвался звонок')
  await key(page, 'c')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(subject(page)).toHaveValue('')
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue('')
  await expect(unfinished(page)).toContainText(new RegExp(`${known}, \\d\\d:\\d\\d`))
  await accessible(page, 'phone desk with an unfinished call')

  // The next caller's ticket has nothing of the first.
  await choose(page, other.email, other.name)
  await expect(page.locator('#f-email')).toHaveValue(other.email)
  await fill(page, 'Второй звонок')
  await page.keyboard.press('Control+Enter')
  const second = await filedAs(page)
  expect(second.requester).toMatchObject({ id: other.id, name: other.name, email: other.email })
  expect(JSON.stringify(second)).not.toContain('Мельникова')
  expect(JSON.stringify(second)).not.toContain('Оборвался')

  // The first one calls back: all is there, after a reload too.
  await page.reload()
  await page.getByRole('button', { name: 'Продолжить' }).press('Enter')
  await expect(page.locator('.phone__caller')).toContainText(known)
  await expect(subject(page)).toHaveValue('Оборвался звонок')
  await expect(unfinished(page)).toHaveCount(0)
  // Somebody else takes his place, and his facts theirs.
  await page.getByRole('button', { name: 'Другой человек' }).click()
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue('')
  await choose(page, 'мельн', known)
  await page.keyboard.press('Control+Enter')
  const first = await filedAs(page)
  expect(first.requester).toMatchObject({ name: known, verified: true, email: 'requester@kaliningrad.example' })
  expect(first.subject).toBe('Оборвался звонок')

  // A call in which nothing was typed is no unfinished one; what is taken away is gone.
  await page.keyboard.press('Enter')
  await choose(page, 'мельн', known)
  await key(page, 'c')
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue('')
  await expect(unfinished(page)).toHaveCount(0)
  await choose(page, 'мельн', known)
  await subject(page).fill('Ошиблись номером')
  await key(page, 'c')
  await unfinished(page).getByRole('button', { name: 'Удалить' }).click()
  await unfinished(page).getByRole('button', { name: 'Да, удалить' }).click()
  await expect(unfinished(page)).toHaveCount(0)
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.reload()
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(unfinished(page)).toHaveCount(0)
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/Ошиблись|Мельникова/)
})

test('a reload keeps the caller with what was typed; beginning anew forgets both', async ({ page }) => {
  await opened(page)
  await choose(page, 'мельн', known)
  await fill(page, 'После перезагрузки')
  await page.reload()
  await expect(page.locator('.phone__caller')).toContainText(known)
  await expect(subject(page)).toHaveValue('После перезагрузки')
  await expect(page.locator('.restored')).toBeVisible()
  await subject(page).focus()
  await page.keyboard.press('Control+Enter')
  expect((await filedAs(page)).requester).toMatchObject({ name: known, verified: true })

  await page.keyboard.press('Enter')
  await choose(page, 'мельн', known)
  await subject(page).fill('Начну заново')
  await page.reload()
  await page.getByRole('button', { name: 'Начать заново' }).click()
  await page.getByRole('button', { name: 'Да, удалить' }).click()
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(page.locator('.phone__caller')).toHaveCount(0)
  await expect(page.getByRole('textbox', { name: 'ФИО', exact: true })).toHaveValue('')
  await expect(subject(page)).toHaveValue('')
  await page.reload()
  await expect(page.getByRole('searchbox')).toBeFocused()
  await expect(subject(page)).toHaveValue('')
})

test('who names the address of a known person is asked about before a second one is made of him', async ({ page }) => {
  const callIn = async (title: string) => {
    await fill(page, title)
    await page.getByRole('textbox', { name: 'ФИО', exact: true }).fill('Соседова Таня Алексеевна')
    await page.locator('#f-email').fill('Requester@Kaliningrad.example')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('dialog', { name: `Это ${known}?` })).toBeVisible()
  }
  await opened(page)
  await callIn('Звонок с адресом')
  await accessible(page, 'phone desk, is it this person')
  // Back to the form without an answer; then one key each.
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('1')
  expect((await filedAs(page)).requester).toMatchObject({ name: known, verified: true })

  await page.getByRole('button', { name: 'Следующий звонок' }).click()
  await callIn('Звонок с чужого адреса')
  await page.keyboard.press('2')
  expect((await filedAs(page)).requester).toMatchObject({ name: 'Соседова Таня Алексеевна', verified: false })
})

test('a number is told however it is said, and never taken for a phone', async ({ page }) => {
  await opened(page)
  const { number } = await another()
  const [letters = '', digits = ''] = number.split('-')
  const search = page.getByRole('searchbox')
  for (const said of [number, `№ ${number}`, `номер ${number}`, `обращение № ${digits}`, `${letters}—${digits}`, `${letters}–${digits}`, number.replace('E', 'Е').replace('D', 'Д'), `СЭД ${digits}`, number.toLowerCase(), [...letters].join(' ') + ' – ' + digits.replace(/(\d\d)(\d\d)$/, ' $1 $2'), digits]) {
    await search.fill('')
    await search.fill(said)
    await search.press('Enter')
    await expect(page.getByRole('link', { name: number }), said).toBeVisible()
  }
  const wrong = `${digits.slice(0, -1)}${(Number(digits.slice(-1)) + 1) % 10}`
  for (const said of [wrong, `№ ${wrong}`, `${letters}-${wrong}`, `СЭД-${wrong}`]) {
    await search.fill('')
    await search.fill(said)
    await search.press('Enter')
    const alert = page.getByRole('alert')
    await expect(alert, said).toBeVisible()
    await expect(page.locator('[role=status] [role=alert]')).toHaveCount(0)
  }
  await search.fill(wrong)
  await search.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await search.fill('')
  await search.press('Enter')
  await expect(page.locator('#short-form :focus')).toBeVisible()
  expect(await page.locator('#short-form input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value))).not.toContain(wrong)
})

test('the bar never hides what has the focus', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 })
  await opened(page)
  await page.getByRole('switch', { name: 'Показать все поля' }).press('Space')
  await expect(page.locator('#short-form .group').nth(1)).toBeVisible()
  await page.evaluate(() => window.scrollTo(0, 0))
  await type(page).focus()
  for (let step = 0; step < 14; step++) {
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(() => {
      const [focused, bar] = [document.activeElement, document.querySelector('.phone__send')]
      if (!focused || !bar || bar.contains(focused) || !focused.closest('#short-form')) return undefined
      const [own, over] = [focused.getBoundingClientRect(), bar.getBoundingClientRect()]
      return own.bottom > over.top + 1 && own.top < over.bottom - 1 ? `${focused.id} ${own.top}–${own.bottom}, bar ${over.top}–${over.bottom}` : undefined
    })
    expect(hidden).toBeUndefined()
  }
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.locator('.phone__send').evaluate((bar) => getComputedStyle(bar).position)).toBe('static')
})

test('who signs in again over the phone desk is where he was', async ({ page }) => {
  await opened(page)
  const search = page.getByRole('searchbox')
  await page.context().clearCookies()
  await search.fill('мельн')
  const box = page.getByRole('dialog')
  await expect(box).toBeVisible()
  await box.locator('input[type=email]').fill('agent1@kaliningrad.example')
  await box.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await expect(box).toHaveCount(0)
  await expect(search).toBeFocused()
  await expect(search).toHaveValue('мельн')
  await page.getByRole('button', { name: new RegExp(known) }).click()
  await expect(page.locator('#short-form :focus')).toBeVisible()
  await page.getByRole('button', { name: 'Другой человек' }).press('Enter')
  await expect(search).toBeFocused()
})
