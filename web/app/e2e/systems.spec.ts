// One story per source document: filed through its form, answered and closed, seen by its requester.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import { accessible, as, expect, session, test } from './story'

const schemas = resolve(import.meta.dirname, '../../../schemas')

const stories = [
  { system: 'accreditation', tenant: 'minzdrav', desk: 'accreditation', example: 'problem_of_a_member' },
  { system: 'procurement-goszakaz', tenant: 'ugra', desk: 'goszakaz', example: 'contract_obligations' },
  { system: 'docflow', tenant: 'kaliningrad', desk: 'docflow', example: 'account_added' },
  { system: 'regional-portal', tenant: 'tyumen', desk: 'portal', example: 'request_full' },
  { system: 'procurement-webtorgi', tenant: 'zabaikalye', desk: 'webtorgi', example: 'several_numbers' },
]

type Fields = Record<string, unknown>

/** Fills one input as a person would, whatever kind it has. */
async function enter(page: Page, id: string, value: unknown): Promise<void> {
  if (Array.isArray(value)) {
    for (const [i, row] of value.entries()) {
      if (i > 0) await page.locator(`fieldset#${id}-rows`).getByRole('button', { name: 'Добавить строку' }).click()
      if (typeof row === 'object' && row !== null) for (const [name, member] of Object.entries(row)) await enter(page, `${id}-${i}-${name}`, member)
      else await enter(page, i === 0 ? id : `${id}-${i}`, row)
    }
    return
  }
  const group = page.locator(`#${id}-group`)
  const input = page.locator(`#${id}`)
  await expect(group.or(input).first()).toBeVisible()
  if (await group.count()) return group.locator(`input[value="${String(value)}"]`).check()
  if (await input.evaluate((element) => element instanceof HTMLSelectElement)) return void (await input.selectOption(String(value)))
  if (await input.evaluate((element) => (element as HTMLInputElement).readOnly)) return
  await input.fill(String(value))
}

for (const { system, tenant, desk, example } of stories) {
  test(`${system}: filed, answered, closed`, async ({ page }) => {
    const { form, fields } = JSON.parse(readFileSync(`${schemas}/${system}/testdata/valid/${example}.json`, 'utf8')) as { form: string; fields: Fields }
    await session(page, tenant, 'requester')
    await page.goto(`/t/${tenant}/file/${desk}/${form}`)
    // In the order of the form, so that what depends on a choice has appeared when its turn comes.
    await expect(page.locator('.group').first()).toBeVisible()
    for (const [name, value] of Object.entries(fields)) await enter(page, `f-${name.replaceAll('_', '-')}`, value)
    await page.getByRole('button', { name: /Сохранить|Отправить/ }).click()
    await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeVisible()
    const number = (await page.locator('.number').textContent()) ?? ''

    const agent = await as(tenant, 'agent1')
    const ticket = (await (await agent.get(`tickets/${number}`)).json()) as { fields: Fields; channel: string }
    expect(ticket.fields).toMatchObject(fields)
    expect(ticket.channel).toBe('portal')

    await page.getByRole('link', { name: 'Открыть обращение' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
    const { items } = (await (await agent.get(`tickets/${number}/transitions`)).json()) as { items: { answers: boolean; needs: string[]; to: { title: string } }[] }
    const closing = items.find((one) => one.answers)
    const resolution = { cause: 'Не был обновлён справочник поставщиков.', actions: 'Справочник обновлён, контракт сохраняется.' }
    const answer = await agent.post(`tickets/${number}/comments`, {
      data: { text: 'Вопрос решён, проверьте, пожалуйста.', visibility: 'public', then: 'close', ...(closing?.needs.includes('resolution') ? { fields: resolution } : {}) },
    })
    expect(answer.status(), await answer.text()).toBe(201)
    await expect(page.getByText('Вопрос решён, проверьте, пожалуйста.').first()).toBeVisible()
    await expect(page.getByLabel('Статус обращения')).toContainText(closing?.to.title ?? '?')
    await accessible(page)
  })
}
