// What the agents' tests share: tickets of their own, and the way to them.
import type { APIRequestContext, Page } from '@playwright/test'

import { as, expect } from './story'

let counter = 0

/** Files a ticket of the purchasing system as its requester, with a number in it that no other test has. */
export async function appeal(title: string, registry = `20260391200${Date.now()}${++counter}`.slice(0, 24)): Promise<string> {
  const requester = await as('zabaikalye', 'requester')
  const answer = await requester.post('tickets', {
    data: {
      desk: 'webtorgi',
      form: 'appeal',
      fields: {
        title,
        type: 'error',
        document: 'schedule',
        description: 'При отправке плана-графика система выдаёт «Ошибка контроля».',
        registry_numbers: [registry],
        email: 'requester@zabaikalye.example',
        phone: '8-3022-355001',
        name: 'Дамдинова Баирма Цыреновна',
      },
    },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  const { number } = (await answer.json()) as { number: string }
  await requester.dispose()
  return number
}

/** The history of a ticket as somebody sees it. */
export async function history(reader: APIRequestContext, number: string) {
  const answer = await reader.get(`tickets/${number}/events`)
  return ((await answer.json()) as { items: { kind: string; visibility: string; body: { text?: string } | null }[] }).items
}

/** Opens a ticket in the console. */
export async function open(page: Page, tenant: string, number: string) {
  await page.goto(`/t/${tenant}/desk/tickets/${number}`)
  await expect(page.getByText(number, { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('textbox', { name: /Ответ заявителю|Внутренняя заметка|Answer to the requester|Internal note/ }).first()).toBeVisible()
}

/** Writes a text through the API as an agent, on the ticket as it is now. */
export async function answerAs(who: string, number: string, text: string, then: 'close' | 'keep') {
  const agent = await as('zabaikalye', who)
  const answer = await agent.post(`tickets/${number}/comments`, { data: { text, visibility: 'public', then } })
  expect(answer.status(), await answer.text()).toBe(201)
  await agent.dispose()
}
