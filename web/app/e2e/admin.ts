// Tenants of a test's own, made by the operator, so that what it changes is nobody else's.
import { type APIRequestContext, type Page, request } from '@playwright/test'

import { address, expect, password } from './story'

let counter = 0

/** A name that no other test has. */
export const unique = (name: string) => `${name}-${Date.now().toString(36)}${process.pid.toString(36)}${(++counter).toString(36)}`

async function bearer(path: string, data: object, base: string): Promise<APIRequestContext> {
  const anonymous = await request.newContext({ baseURL: address })
  const answer = await anonymous.post(path, { data })
  expect(answer.status(), await answer.text()).toBe(201)
  const { token } = (await answer.json()) as { token: string }
  await anonymous.dispose()
  return request.newContext({ baseURL: base, extraHTTPHeaders: { Authorization: `Bearer ${token}` } })
}

/** The API as the operator of the installation. */
export const asOperator = () => bearer('/api/v1/operator/sessions', { login: 'operator@opora.example', password }, `${address}/api/v1/operator/`)

/** The operator's session for a browser. */
export async function operatorSession(page: Page) {
  const answer = await page.request.post(`${address}/api/v1/operator/sessions`, { data: { login: 'operator@opora.example', password } })
  expect(answer.status()).toBe(201)
}

export const desk = 'webtorgi'

export class Stage {
  private constructor(readonly tenant: string) {}

  /** A tenant with a desk of the purchasing system, its administrator, an agent of line 1, and a requester. */
  static async build(): Promise<Stage> {
    const stage = new Stage(unique('e2e'))
    const operator = await asOperator()
    const post = async (path: string, data: object) => {
      const answer = await operator.post(path, { data })
      expect(answer.status(), `${path}: ${await answer.text()}`).toBe(201)
    }
    await post('tenants', { slug: stage.tenant, title: { ru: 'Проверка экранов', en: 'Test of screens' } })
    await post(`tenants/${stage.tenant}/desks`, { slug: desk, system: 'procurement-webtorgi', prefix: 'TEST', title: { ru: 'Служба проверки', en: 'Desk of the test' } })
    const people = `tenants/${stage.tenant}/people`
    await post(people, { name: 'Администраторова Анна', email: stage.email('admin'), password, desk, administrator: true })
    await post(people, { name: 'Исполнителев Игорь', email: stage.email('agent'), password, desk, line: 'line1' })
    await post(people, { name: 'Заявителева Зоя', email: stage.email('requester'), password })
    await operator.dispose()
    const admin = await stage.as('admin')
    for (const [key, ru, en] of [['error', 'Ошибка', 'Error'], ['question', 'Вопрос', 'Question']] as const) {
      const answer = await admin.put(`desks/${desk}/lists/appeal-types/values/${key}`, { data: { title: { ru, en }, retired: false } })
      expect(answer.status(), await answer.text()).toBe(200)
    }
    await admin.dispose()
    return stage
  }

  email(who: string) {
    return `${who}@${this.tenant}.example`
  }

  /** The API as somebody of the tenant. */
  as(who: string) {
    return bearer(`/api/v1/t/${this.tenant}/sessions`, { email: this.email(who), password }, `${address}/api/v1/t/${this.tenant}/`)
  }

  /** A session for a browser. */
  async session(page: Page, who: string) {
    const answer = await page.request.post(`${address}/api/v1/t/${this.tenant}/sessions`, { data: { email: this.email(who), password } })
    expect(answer.status()).toBe(201)
  }

  /** The address of a page of the desk's administration. */
  admin(path = '') {
    return `/t/${this.tenant}/admin/${desk}${path}`
  }

  /** Files a ticket as the requester. */
  async file(type: string, title: string): Promise<string> {
    const requester = await this.as('requester')
    const answer = await requester.post('tickets', {
      data: {
        desk,
        form: 'appeal',
        fields: {
          title,
          type,
          document: 'other',
          description: 'После входа открывается пустая страница, меню нет.',
          registry_numbers: [`${Date.now()}${++counter}`.slice(0, 24)],
          email: this.email('requester'),
          phone: '8-3022-355001',
          name: 'Заявителева Зоя',
        },
      },
    })
    expect(answer.status(), await answer.text()).toBe(201)
    const { number } = (await answer.json()) as { number: string }
    await requester.dispose()
    return number
  }
}
