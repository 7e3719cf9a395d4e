// One story per source document, through the screens alone: the requester files on the form, the lines of support work
// the ticket in the console to its closure, the requester reads the answer.
import type { Page } from '@playwright/test'

import { example, fillForm, send, sent } from './filling'
import { expect, session, test } from './story'

async function file(page: Page, tenant: string, desk: string, system: string, name: string): Promise<string> {
  const { form, fields } = example(system, name)
  await session(page, tenant, 'requester')
  await page.goto(`/t/${tenant}/`)
  await page.locator(`a[href$="/file/${desk}/${form}"]`).click()
  await fillForm(page, fields)
  await send(page)
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const number = await sent(page)
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
  return number
}

/** Opens a ticket from an agent's list. */
async function open(page: Page, tenant: string, number: string) {
  await page.goto(`/t/${tenant}/desk/`)
  await page.getByRole('row', { name: new RegExp(number) }).getByRole('link').first().click()
  await expect(page.getByRole('textbox', { name: /Ответ заявителю|Внутренняя заметка/ }).first()).toBeVisible()
}

async function answer(page: Page, text: string, resolution: Record<string, string> = {}) {
  await page.getByRole('textbox', { name: 'Ответ заявителю' }).fill(text)
  const close = page.getByRole('tabpanel', { name: 'Ответ заявителю' }).getByRole('button', { name: 'Ответить и закрыть' })
  await close.click()
  for (const [label, value] of Object.entries(resolution)) await page.getByRole('textbox', { name: label }).fill(value)
  if (Object.keys(resolution).length > 0) await close.click()
  await expect(page.getByText('Ответ отправлен, обращение закрыто')).toBeVisible()
}

async function handOver(page: Page, line: string, note: string) {
  await page.getByRole('button', { name: 'Передать…' }).click()
  const box = page.getByRole('dialog', { name: 'Передать другой линии' })
  await box.locator(`input[value="${line}"]`).check()
  await box.getByRole('textbox').fill(note)
  await box.getByRole('button', { name: 'Передать', exact: true }).click()
  await expect(box).toBeHidden()
}

/** The answer and the status come to the requester's open page by themselves. */
async function answered(page: Page, text: string, status: string) {
  await expect(page.getByText(text).first()).toBeVisible()
  await expect(page.getByLabel('Статус обращения')).toContainText(status)
}

test('accreditation: an answer closes the request, the requester’s word opens it again (R0.16, R0.18)', async ({ page, colleague }) => {
  const number = await file(page, 'minzdrav', 'accreditation', 'accreditation', 'valid/problem_of_a_member')
  const agent = await colleague('minzdrav', 'agent1')
  await open(agent, 'minzdrav', number)
  await answer(agent, 'Протокол сформирован, проверьте.')
  await answered(page, 'Протокол сформирован, проверьте.', 'Закрыто')
  await page.getByLabel('Текст').fill('Файл по-прежнему не скачивается.')
  await page.getByRole('button', { name: 'Отправить ответ' }).click()
  await expect(page.getByText('Ответ отправлен.')).toBeVisible()
  await expect(page.getByLabel('Статус обращения')).not.toContainText('Закрыто')
  await expect(agent.getByText('Файл по-прежнему не скачивается.').first()).toBeVisible()
  await answer(agent, 'Исправлено, файл скачивается.')
  await answered(page, 'Исправлено, файл скачивается.', 'Закрыто')
})

test('procurement-goszakaz: closed with the cause and the actions (R1.8 to R1.10)', async ({ page, colleague }) => {
  const number = await file(page, 'ugra', 'goszakaz', 'procurement-goszakaz', 'valid/contract_obligations')
  const agent = await colleague('ugra', 'agent1')
  await open(agent, 'ugra', number)
  const cause = 'Не был обновлён справочник поставщиков.'
  const actions = 'Справочник обновлён, контракт сохраняется.'
  await answer(agent, 'Запрос выполнен, проверьте, пожалуйста.', { 'Причина': cause, 'Выполненные': actions })
  await answered(page, 'Запрос выполнен, проверьте, пожалуйста.', 'Закрыт')
  await expect(page.getByText(cause).first()).toBeVisible()
  await expect(page.getByText(actions).first()).toBeVisible()
})

test('docflow: from the first line to the second, which closes (R2.9, R2.16)', async ({ page, colleague }) => {
  const number = await file(page, 'kaliningrad', 'docflow', 'docflow', 'valid/account_added')
  const first = await colleague('kaliningrad', 'agent1')
  await open(first, 'kaliningrad', number)
  await handOver(first, 'line2', 'Нужна настройка на второй линии.')
  const second = await colleague('kaliningrad', 'agent2')
  await open(second, 'kaliningrad', number)
  await expect(second.getByText('Нужна настройка на второй линии.').first()).toBeVisible()
  await answer(second, 'Учётная запись создана.')
  await answered(page, 'Учётная запись создана.', 'Закрыт')
  await expect(page.getByText('Нужна настройка на второй линии.')).toHaveCount(0)
})

test('regional-portal: a request of an institution is answered', async ({ page, colleague }) => {
  const number = await file(page, 'tyumen', 'portal', 'regional-portal', 'valid/request_full')
  const agent = await colleague('tyumen', 'agent1')
  await open(agent, 'tyumen', number)
  await answer(agent, 'Доступ восстановлен.')
  await answered(page, 'Доступ восстановлен.', 'Выполнен')
})

test('procurement-webtorgi: saved, taken by the administrator, answered by the executor (R4.17, R4.18, R4.25, R4.32)', async ({ page, colleague }) => {
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await expect(page.getByRole('button', { name: 'Сохранить' })).toBeVisible()
  const number = await file(page, 'zabaikalye', 'webtorgi', 'procurement-webtorgi', 'valid/several_numbers')
  await expect(page.getByLabel('Статус обращения')).toContainText('Не подтверждено')
  const administrator = await colleague('zabaikalye', 'agent1')
  await open(administrator, 'zabaikalye', number)
  await handOver(administrator, 'line2', 'Проверьте справочник.')
  const executor = await colleague('zabaikalye', 'agent2')
  await open(executor, 'zabaikalye', number)
  await answer(executor, 'План-график отправляется.')
  await answered(page, 'План-график отправляется.', 'Выполнено')
  // The requester's list opens the answer by the registry number (R4.25).
  await page.getByRole('link', { name: 'Обращения', exact: true }).first().click()
  await page.getByRole('link', { name: number }).click()
  await expect(page.getByText('План-график отправляется.').first()).toBeVisible()
})
