// The base of every test: a page that fails the test on a console error or a violation of the policy.
import AxeBuilder from '@axe-core/playwright'
import { type APIRequestContext, expect, type Page, request, test as base } from '@playwright/test'

export const address = process.env.OPORA_ADDRESS ?? ''
export const password = 'opora-demo'

interface Story {
  /** Patterns of console messages that this test brings about on purpose. */
  expected: RegExp[]
  /** The browser of somebody else, signed in; watched like the test's own. */
  colleague: (tenant: string, who: string) => Promise<Page>
}

export const test = base.extend<Story>({
  baseURL: async ({}, use) => use(address),
  expected: async ({}, use) => use([]),
  page: async ({ page, expected }, use) => {
    const wrong = await watched(page, expected)
    await use(page)
    expect(wrong, 'console errors and violations of the policy').toEqual([])
  },
  colleague: async ({ browser, expected }, use) => {
    const pages: { page: Page; wrong: string[] }[] = []
    await use(async (tenant, who) => {
      const context = await browser.newContext({ baseURL: address })
      const page = await context.newPage()
      pages.push({ page, wrong: await watched(page, expected) })
      await session(page, tenant, who)
      return page
    })
    for (const { page } of pages) await page.context().close()
    expect(pages.flatMap(({ wrong }) => wrong), 'console errors and violations of the policy').toEqual([])
  },
})

/** Notes what goes wrong on a page behind its back. */
async function watched(page: Page, expected: RegExp[]): Promise<string[]> {
  const wrong: string[] = []
  page.on('pageerror', (err) => wrong.push(`error: ${err.message}`))
  page.on('console', (message) => {
    const line = `${message.text()} (${message.location().url})`
    // A refusal that the page handles is told by the browser too: a call that was answered 4xx is no defect.
    if (message.type() !== 'error' || /Failed to load resource: the server responded with a status of 4\d\d/.test(line)) return
    if (!expected.some((pattern) => pattern.test(line))) wrong.push(`console: ${line}`)
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))
  })
  return wrong
}

export { expect }

/** Signs in through the page's own form. */
export async function signIn(page: Page, tenant: string, who: string) {
  await page.goto(`/t/${tenant}/`)
  await page.getByLabel('Адрес электронной почты').fill(`${who}@${tenant}.example`)
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('button', { name: 'Выйти' })).toBeVisible()
}

/** Gives the browser a session without a page: for tests that are about something else. */
export async function session(page: Page, tenant: string, who: string) {
  const answer = await page.request.post(`${address}/api/v1/t/${tenant}/sessions`, { data: { email: `${who}@${tenant}.example`, password } })
  expect(answer.status()).toBe(201)
}

/** The API as somebody of a tenant. */
export async function as(tenant: string, who: string): Promise<APIRequestContext> {
  const anonymous = await request.newContext({ baseURL: address })
  const answer = await anonymous.post(`/api/v1/t/${tenant}/sessions`, { data: { email: `${who}@${tenant}.example`, password } })
  expect(answer.status()).toBe(201)
  const { token } = (await answer.json()) as { token: string }
  await anonymous.dispose()
  return request.newContext({ baseURL: `${address}/api/v1/t/${tenant}/`, extraHTTPHeaders: { Authorization: `Bearer ${token}` } })
}

/** Expects a page without a violation of WCAG 2.1 A and AA; `state` names what it shows, for the count at the end. */
export async function accessible(page: Page, state = new URL(page.url()).pathname.replaceAll(/\/[A-Z]+-\d+/g, '/number')) {
  const { lang, scheme } = await page.evaluate(() => ({ lang: document.documentElement.lang, scheme: document.documentElement.dataset.mantineColorScheme ?? '' }))
  test.info().annotations.push({ type: 'axe', description: `${state} | ${lang} | ${scheme}` })
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  const told = found.violations.map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('\n  ')}`)
  expect(told, `violations of WCAG 2.1 A and AA: ${state}, ${lang}, ${scheme}`).toEqual([])
}
