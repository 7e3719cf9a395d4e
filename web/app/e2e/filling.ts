// Forms filled as a person would, with the examples of the systems.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import { expect } from './story'

const schemas = resolve(import.meta.dirname, '../../../schemas')

export type Fields = Record<string, unknown>

/** An example of a system, such as valid/problem_of_a_member. */
export function example(system: string, name: string): { form: string; fields: Fields } {
  return JSON.parse(readFileSync(`${schemas}/${system}/testdata/${name}.json`, 'utf8')) as { form: string; fields: Fields }
}

/** Fills a form in its own order, so that what depends on a choice has appeared when its turn comes. */
export async function fillForm(page: Page, fields: Fields) {
  await expect(page.locator('.group').first()).toBeVisible()
  for (const [name, value] of Object.entries(fields)) await enter(page, `f-${name.replaceAll('_', '-')}`, value)
}

async function enter(page: Page, id: string, value: unknown): Promise<void> {
  const group = page.locator(`[id="${id}-group"]`)
  const rows = page.locator(`[id="${id}-rows"]`)
  const input = page.locator(`[id="${id}"]`)
  await expect(group.or(rows).or(input).first()).toBeVisible()
  if (await group.count()) {
    for (const one of Array.isArray(value) ? value : [value]) await group.locator(`input[value="${String(one)}"]`).check()
    return
  }
  if (Array.isArray(value)) {
    for (const [i, row] of value.entries()) {
      if (i > 0) await rows.getByRole('button', { name: /Добавить строку|Add a row/ }).click()
      if (typeof row === 'object' && row !== null) for (const [name, member] of Object.entries(row)) await enter(page, `${id}-${i}-${name}`, member)
      else await page.locator(i === 0 ? `[id="${id}"]` : `[id="${id}-${i}"]`).fill(String(row))
    }
    return
  }
  if (await input.evaluate((element) => element instanceof HTMLSelectElement)) return void (await input.selectOption(String(value)))
  if (await input.evaluate((element) => (element as HTMLInputElement).readOnly)) return
  await input.fill(String(value))
}

/** Sends the form that is open. */
export const send = (page: Page) => page.locator('main form button[type=submit]').last().click()

/** Waits for the page after sending, and tells the number of the ticket. */
export async function sent(page: Page): Promise<string> {
  await expect(page.locator('.number')).toBeVisible()
  return (await page.locator('.number').textContent()) ?? ''
}
