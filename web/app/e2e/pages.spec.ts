// Every page of a requester and every state of every form: axe in both languages and colour schemes, a narrow screen.
import { example, fillForm, send, sent } from './filling'
import { look } from './looks'
import { as, expect, session, test } from './story'

const forms = [
  { tenant: 'zabaikalye', desk: 'webtorgi', system: 'procurement-webtorgi', name: 'valid/appeal_with_registry_number' },
  { tenant: 'minzdrav', desk: 'accreditation', system: 'accreditation', name: 'valid/problem_of_a_specialist' },
  { tenant: 'ugra', desk: 'goszakaz', system: 'procurement-goszakaz', name: 'valid/contract_obligations' },
  { tenant: 'kaliningrad', desk: 'docflow', system: 'docflow', name: 'valid/rights_granted' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/request_full' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/institution_as_the_document_asks' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/settlement_as_the_document_asks' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/medical_as_the_document_asks' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/school_as_the_document_asks' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'valid/mailbox_full' },
  { tenant: 'tyumen', desk: 'portal', system: 'regional-portal', name: 'cases/citizen_request', who: 'requester2' },
] as const

for (const locale of ['ru-RU', 'en-US'] as const) {
  test.describe(locale, () => {
    test.use({ locale, colorScheme: 'light' })

    for (const { tenant, desk, system, name, ...rest } of forms) {
      const { form, fields } = example(system, name)
      test(`form ${desk}/${form}: empty, wrong, sent`, async ({ page }) => {
        await session(page, tenant, 'who' in rest ? rest.who : 'requester')
        await page.goto(`/t/${tenant}/file/${desk}/${form}`)
        await expect(page.locator('.group').first()).toBeVisible()
        await look(page, `form ${desk}/${form}, empty`)
        // Some forms are complete by the profile alone.
        await page.locator('form .group input[type=text]:not([readonly])').first().fill('')
        await send(page)
        await expect(page.locator('.summary')).toBeFocused()
        await look(page, `form ${desk}/${form}, wrong`)
        // Each link of the summary leads to an input of the form.
        for (const link of await page.locator('.summary a').all()) {
          await link.click()
          const inside = await page.evaluate(() => document.activeElement?.closest('form') !== null && document.activeElement?.matches('input, select, textarea, button, fieldset'))
          expect(inside, (await link.textContent()) ?? '').toBe(true)
        }
        await fillForm(page, fields)
        await send(page)
        await sent(page)
        await look(page, `form ${desk}/${form}, sent`)
      })
    }

    test('without a session', async ({ page }) => {
      await page.goto('/')
      await look(page, 'choosing a tenant')
      await page.getByRole('button', { name: /Продолжить|Continue/ }).click()
      await expect(page.getByText(/Введите короткое имя|Enter the short name/)).toBeVisible()
      await look(page, 'choosing a tenant, wrong')
      await page.getByRole('textbox').fill('nobody-here')
      await page.getByRole('button', { name: /Продолжить|Continue/ }).click()
      await expect(page.getByText(/Такого имени нет|There is no such name/)).toBeVisible()
      await page.getByRole('textbox').fill('tyumen')
      await page.getByRole('textbox').press('Enter')
      await expect(page).toHaveURL(/\/t\/tyumen/)
      await expect(page.getByLabel(/^(Пароль|Password)$/)).toBeVisible()
      await look(page, 'catalogue without a session')
      await page.goto('/t/tyumen/file/portal/request')
      await expect(page.getByLabel(/^(Пароль|Password)$/)).toBeVisible()
      await look(page, 'form that needs a session')
      await page.goto('/t/nobody-here/')
      await look(page, 'no such tenant')
    })

    test('lists and tickets', async ({ page }) => {
      await session(page, 'zabaikalye', 'requester')
      await page.goto('/t/zabaikalye/')
      await expect(page.getByText('WEB-Торги-КС').or(page.getByText('WEB-Torgi')).first()).toBeVisible()
      await look(page, 'catalogue')
      await page.goto('/t/zabaikalye/tickets')
      await expect(page.getByRole('row').nth(1)).toBeVisible()
      await look(page, 'tickets')
      await page.getByRole('switch').click()
      await look(page, 'tickets, filter')
      await page.goto('/t/zabaikalye/tickets?on=true&q=несуществующее')
      await expect(page.getByText(/ничего не найдено|Nothing was found|nothing/i).first()).toBeVisible()
      await look(page, 'tickets, none found')
      const requester = await as('zabaikalye', 'requester')
      const { items } = (await (await requester.get('tickets', { params: { mine: 'true', category: 'new' } })).json()) as { items: { number: string }[] }
      await page.goto(`/t/zabaikalye/tickets/${items[0]?.number}`)
      await expect(page.locator('.entry').first()).toBeVisible()
      await look(page, 'ticket')
      await page.locator('.ticket form button[type=submit]').click()
      await expect(page.getByText(/Напишите текст|Write a text/)).toBeVisible()
      await look(page, 'ticket, empty reply')
      await page.getByRole('button', { name: /Отозвать|Withdraw/ }).click()
      await look(page, 'ticket, withdrawing')
      await page.goto('/t/zabaikalye/tickets/WT-99999')
      await look(page, 'no such ticket')
      await page.context().clearCookies()
      await page.goto('/t/zabaikalye/tickets')
      await expect(page.getByRole('dialog')).toBeVisible()
      await look(page, 'session ended')
    })
  })
}

test('the language of the page, of its texts and of the server changes without losing what was typed', async ({ page }) => {
  await session(page, 'zabaikalye', 'requester')
  await page.goto('/t/zabaikalye/file/webtorgi/appeal')
  await page.getByLabel('Заголовок').fill('Не теряется')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Не теряется')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: 'Русский' }).click()
  await expect(page.getByLabel('Заголовок')).toHaveValue('Не теряется')
})
