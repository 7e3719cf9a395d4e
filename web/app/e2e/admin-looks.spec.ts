// Every page and box of administration in both languages, both schemes, wide and narrow.
import type { Page } from '@playwright/test'

import { Stage } from './admin'
import { look } from './looks'
import { accessible, expect, test } from './story'

for (const locale of ['ru-RU', 'en-US'] as const) {
  test.describe(locale, () => {
    test.use({ locale })

    test('settings', async ({ page }) => {
      const stage = await Stage.build()
      await stage.session(page, 'admin')
      await page.goto(`/t/${stage.tenant}/admin/`)
      await expect(page.getByRole('heading', { level: 2 })).toBeVisible()
      await look(page, 'admin')
      for (const path of ['', '/addresses', '/lines']) {
        await page.goto(stage.admin(path))
        await expect(page.locator('form.sheet')).toBeVisible()
        await look(page, `admin ${path}`)
      }
      await page.getByRole('button', { name: /Добавить линию|Add a line/ }).click()
      await page.getByRole('button', { name: /Сохранить|Save/ }).click()
      await expect(page.locator('.summary')).toBeFocused()
      await look(page, 'admin /lines with mistakes')
      await page.getByRole('link', { name: /Адреса|Addresses/ }).click()
      await box(page, 'admin leaving')
      await page.goto(`/t/${stage.tenant}/admin/webtorgi/plugin`)
      await expect(page.getByText(/нет своих настроек|no settings of its own/)).toBeVisible()
      await look(page, 'admin /plugin')
    })

    test('lists', async ({ page }) => {
      const stage = await Stage.build()
      await stage.session(page, 'admin')
      await page.goto(stage.admin('/lists'))
      await expect(page.locator('.cards')).toBeVisible()
      await look(page, 'admin /lists')
      await page.goto(stage.admin('/lists/document-names'))
      await expect(page.getByRole('table')).toBeVisible()
      await look(page, 'admin /list')
      await page.getByRole('button', { name: /Добавить значение|Add a value/ }).click()
      await box(page, 'admin value')
      await page.getByRole('button', { name: /Загрузить из CSV|Import from CSV/ }).click()
      await page.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(';нет ключа;;\n') })
      await expect(page.getByRole('dialog').getByRole('table')).toBeVisible()
      await box(page, 'admin import with mistakes')
    })

    test('templates', async ({ page }) => {
      const stage = await Stage.build()
      await stage.session(page, 'admin')
      await page.goto(stage.admin('/templates'))
      await page.getByRole('button', { name: /Добавить шаблон|Add a template/ }).click()
      await page.getByRole('dialog').getByRole('textbox').last().fill('{number}')
      await box(page, 'admin template')
      await look(page, 'admin /templates')
    })

    test('people and log', async ({ page }) => {
      const stage = await Stage.build()
      await stage.session(page, 'admin')
      await page.goto(stage.admin('/people'))
      await expect(page.getByRole('table')).toBeVisible()
      await page.getByRole('searchbox').fill('Заяв')
      await page.getByRole('searchbox').press('Enter')
      await expect(page.getByRole('table')).toHaveCount(2)
      await look(page, 'admin /people')
      await page.getByRole('button', { name: /Добавить человека|Add a person/ }).click()
      await box(page, 'admin person')
      await page.getByRole('link', { name: 'Заявителева Зоя' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Заявителева Зоя' })).toBeVisible()
      await look(page, 'admin /person')
      await page.getByRole('button', { name: /Удалить персональные|Erase personal/ }).click()
      await box(page, 'admin erase')
      await page.getByRole('button', { name: /Новый пароль|New password/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /Создать новый|Make a new/ }).click()
      await expect(page.locator('.pairs__secret')).toBeVisible()
      await accessible(page, 'admin password shown once')
      await page.getByRole('button', { name: /Пароль сохранён|I have kept it/ }).click()
      await page.goto(stage.admin('/audit'))
      await expect(page.getByRole('table')).toBeVisible()
      await look(page, 'admin /audit')
    })
  })
}

/** Looks at the box that is open, then closes it. */
async function box(page: Page, state: string) {
  await expect(page.getByRole('dialog')).toBeVisible()
  await accessible(page, state)
  await page.emulateMedia({ colorScheme: 'dark' })
  await accessible(page, state)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.keyboard.press('Escape')
  const lose = page.getByRole('button', { name: /Закрыть без сохранения|Close without saving/ })
  if (await lose.isVisible()) {
    await accessible(page, `${state}, closing with something typed`)
    await lose.click()
  }
  await expect(page.getByRole('dialog')).toHaveCount(0)
}
