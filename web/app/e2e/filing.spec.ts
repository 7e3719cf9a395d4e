// A requester's appeal of «WEB-Торги-КС», from the catalogue to its withdrawal, through the screens.
import { example, fillForm } from './filling'
import { accessible, as, expect, signIn, test } from './story'

const tenant = 'zabaikalye'
const number = '202603912000123001'

test('an appeal is refused with a summary, corrected, sent, answered and replied to', async ({ page }) => {
  const title = `Не сохраняется план-график ${Date.now()}`
  await signIn(page, tenant, 'requester')
  await page.getByRole('link', { name: 'Обращение в техническую поддержку' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await expect(page).toHaveTitle(/Обращение в техническую поддержку/)

  // What is known is filled in already, and what is not the person's to change cannot be changed.
  await expect(page.getByLabel('Номер телефона для связи')).toHaveValue('8-3022-355001')
  await expect(page.getByLabel('ИНН организации')).toHaveAttribute('readonly')

  // Refused: the summary takes the focus, its links lead to the fields, nothing typed is gone.
  await page.getByLabel('Заголовок').fill(title)
  await page.getByRole('button', { name: /Сохранить|Отправить/ }).click()
  const summary = page.getByRole('alert').filter({ hasText: 'Проверьте введённое' })
  await expect(summary).toBeFocused()
  await expect(page.getByLabel('Заголовок')).toHaveValue(title)
  await expect(summary.getByRole('link')).toHaveCount(4)
  await summary.getByRole('link', { name: /^Описание обращения/ }).click()
  await expect(page.getByLabel('Описание обращения')).toBeFocused()
  await accessible(page)

  // What is corrected leaves the summary without being sent again.
  await page.getByLabel('Описание обращения').fill(`При отправке ${number} появляется ошибка контроля.`)
  await expect(summary.getByRole('link', { name: /^Описание обращения/ })).toHaveCount(0)
  // The number in the text is proposed, and put in when asked for.
  await expect(page.getByText(`Найдено в тексте: ${number}. Добавить?`)).toBeVisible()
  await page.getByRole('button', { name: 'Добавить', exact: true }).click()
  await expect(page.getByLabel('Реестровые номера документов, строка 1')).toHaveValue(number)
  await page.getByLabel('Тип обращения').selectOption('Ошибка в работе системы')
  await page.getByLabel('Наименование документа').selectOption('План-график')

  // Files: the limit stands before, one that is too large says why, the others go up.
  await expect(page.getByText(/Не больше 10 файлов, каждый до 10\sМБ/)).toBeVisible()
  await page.getByTestId('file-input').setInputFiles([
    { name: 'весь экран.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') },
    { name: 'запись.avi', mimeType: 'video/x-msvideo', buffer: Buffer.alloc(11 * 1024 * 1024) },
  ])
  await expect(page.getByText(/Файл не принят: он занимает 11\sМБ/)).toBeVisible()
  await page.getByRole('button', { name: 'Убрать файл запись.avi' }).click()
  await expect(page.getByRole('button', { name: 'Убрать файл весь экран.png' })).toBeVisible()

  // A reload keeps everything, and says so.
  await page.reload()
  await expect(page.getByText(/Восстановлено введённое Вами раньше/)).toBeVisible()
  await expect(page.getByLabel('Заголовок')).toHaveValue(title)
  await expect(page.getByText('весь экран.png')).toBeVisible()

  await page.getByRole('button', { name: /Сохранить|Отправить/ }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const filed = (await page.locator('.number').textContent()) ?? ''
  expect(filed).toMatch(/^WT-\d+$/)
  await accessible(page)

  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(filed)
  await expect(page.getByText('Не подтверждено').first()).toBeVisible()
  await expect(page.getByText('План-график', { exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name: 'весь экран.png' }).first()).toBeVisible()

  // The answer comes to the open page by itself.
  const agent = await as(tenant, 'agent1')
  const answer = await agent.post(`tickets/${filed}/comments`, { data: { text: 'Уточните версию браузера.', visibility: 'public', then: 'keep' } })
  expect(answer.status(), await answer.text()).toBe(201)
  await expect(page.getByText('Уточните версию браузера.')).toBeVisible()

  await page.getByLabel('Текст').fill('Браузер: Chromium 148.')
  await page.getByTestId('file-input').setInputFiles({ name: 'журнал.txt', mimeType: 'text/plain', buffer: Buffer.from('журнал') })
  await expect(page.getByRole('button', { name: 'Убрать файл журнал.txt' })).toBeVisible()
  // What is too large for a form is added to the ticket after the reply, not before.
  await page.getByTestId('file-input').setInputFiles({ name: 'запись.avi', mimeType: 'video/x-msvideo', buffer: Buffer.alloc(11 * 1024 * 1024, 7) })
  await expect(page.getByText('Добавится к обращению, когда Вы отправите ответ')).toBeVisible()
  await expect(page.getByRole('link', { name: 'запись.avi' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Отправить ответ' }).click()
  await expect(page.getByText('Ответ отправлен.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'запись.avi' }).first()).toBeVisible()
  await expect(page.getByText('Браузер: Chromium 148.')).toBeVisible()
  await expect(page.getByLabel('Текст')).toHaveValue('')
  // Adding information opens it again (R4.39).
  await expect(page.getByLabel('Статус обращения')).toContainText('Открыто заново')

  await page.getByRole('button', { name: 'Отозвать' }).click()
  await expect(page.getByRole('heading', { name: /Отозвать: подтвердите/ })).toBeFocused()
  await accessible(page)
  await page.getByRole('button', { name: 'Отозвать' }).click()
  await expect(page.getByLabel('Статус обращения')).toContainText('Не является ошибкой')
  await expect(page.getByText('Готово. Статус обращения: Не является ошибкой.')).toBeVisible()
})

test('the list is filtered by the toggle, by the organisation’s INN and by Enter', async ({ page }) => {
  await signIn(page, tenant, 'requester')
  await page.getByRole('link', { name: 'Обращения', exact: true }).click()
  // By default all appeals stand here; of a stranger's only the columns, without a link (R4.20).
  const rows = page.getByRole('row')
  await expect(page.getByRole('cell', { name: 'Не прикрепляется проект контракта' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Реестровый номер' })).toBeVisible()
  await expect(rows.filter({ hasText: 'Не прикрепляется проект контракта' }).getByRole('link')).toHaveCount(0)

  await page.getByRole('switch', { name: 'Фильтр' }).click()
  await page.getByRole('checkbox', { name: 'Мои обращения' }).check()
  await page.getByRole('button', { name: 'Применить' }).click()
  await expect(page).toHaveURL(/mine=true/)
  await expect(page.getByRole('cell', { name: 'Не прикрепляется проект контракта' })).toHaveCount(0)
  await expect(page.getByRole('cell', { name: 'Снова не уходит заявка в ЕИС' })).toHaveCount(0)

  await page.getByLabel('Организация').fill('7536001231')
  await expect(page.getByRole('checkbox', { name: 'Мои обращения' })).not.toBeChecked()
  await page.getByLabel('Организация').press('Enter')
  await expect(page).toHaveURL(/organisation=7536001231/)
  await expect(page.getByRole('cell', { name: 'Снова не уходит заявка в ЕИС' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Не прикрепляется проект контракта' })).toHaveCount(0)

  // The address is the filter: going back and reloading keep it.
  await page.reload()
  await expect(page.getByLabel('Организация')).toHaveValue('7536001231')
  await page.goBack()
  await expect(page.getByRole('checkbox', { name: 'Мои обращения' })).toBeChecked()
  await page.getByRole('switch', { name: 'Фильтр' }).click()
  await expect(page.getByRole('cell', { name: 'Не прикрепляется проект контракта' })).toBeVisible()
})

test('a public form is filed without a session and followed in the same tab', async ({ page }) => {
  await page.goto('/t/tyumen/')
  await page.getByRole('link', { name: 'Доступ к порталу: сельские поселения' }).click()
  await page.getByLabel('ФИО главы').fill('Петров Пётр Петрович')
  await page.getByLabel('Организация').fill('Администрация Каменского муниципального образования')
  await page.getByLabel('E-mail').fill('petrov@72to.ru')
  await page.getByLabel('Контактный номер телефона').fill('+7 3452 55-01-01')
  await page.getByLabel(/строка 1/).fill('АИС «Отчёты в ЭВ»')
  await page.getByRole('button', { name: 'Отправить' }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  const filed = (await page.locator('.number').textContent()) ?? ''
  await page.getByRole('link', { name: 'Открыть обращение' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(filed)
  await expect(page.getByText('Чтобы ответить или приложить файлы, войдите.')).toBeVisible()
  await page.goto('/t/tyumen/')
  await expect(page.getByRole('link', { name: filed })).toBeVisible()
})

test('the answer is promised to the address that was typed, before and after sending', async ({ page }) => {
  const typed = `otvet-${Date.now()}@zabaikalye.example`
  await signIn(page, tenant, 'requester')
  await page.goto(`/t/${tenant}/file/webtorgi/appeal`)
  await page.getByLabel('Заголовок').fill('Ответ на другой адрес')
  await page.getByLabel('Описание обращения').fill('При отправке плана-графика появляется ошибка контроля.')
  await page.getByLabel('Тип обращения').selectOption('Ошибка в работе системы')
  await page.getByLabel('Наименование документа').selectOption('План-график')
  // An empty row that is wanted is marked as any other field is.
  await page.getByRole('button', { name: /Сохранить|Отправить/ }).click()
  const row = page.getByLabel('Реестровые номера документов, строка 1')
  await expect(row).toHaveAttribute('aria-invalid', 'true')
  await row.fill(number)
  await expect(row).not.toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('textbox', { name: /mail|почт/i }).fill(typed)
  await expect(page.getByText(`Ответ придёт на ${typed}.`)).toBeVisible()
  await page.getByRole('button', { name: /Сохранить|Отправить/ }).click()
  await expect(page.getByRole('heading', { name: 'Обращение принято' })).toBeFocused()
  await expect(page.getByText(`придёт на адрес ${typed}`)).toBeVisible()
  await page.reload()
  await expect(page.getByText(`придёт на адрес ${typed}`)).toBeVisible()
})

test('a mailbox that is not taken is told with all else that is wrong, at its field', async ({ page }) => {
  await signIn(page, 'tyumen', 'requester')
  await page.goto('/t/tyumen/file/portal/request')
  const email = page.getByRole('textbox', { name: /E-mail|почт/i })
  await email.fill('ivan@mail.ru')
  await page.getByRole('button', { name: 'Отправить' }).click()
  const summary = page.getByRole('alert').filter({ hasText: 'Проверьте введённое' })
  await expect(summary).toBeFocused()
  expect(await summary.getByRole('link').count()).toBeGreaterThan(1)
  await expect(summary.getByRole('link', { name: /запрещается использовать/ })).toBeVisible()
  await expect(email).toHaveAttribute('aria-invalid', 'true')
  // Alone it stands there too.
  const { fields } = example('regional-portal', 'valid/request_full')
  await fillForm(page, { ...fields, email: 'ivan@mail.ru' })
  await expect(summary.getByRole('link')).toHaveCount(1)
  await page.getByRole('button', { name: 'Отправить' }).click()
  await expect(summary).toBeFocused()
  await expect(summary.getByRole('link')).toHaveCount(1)
  await expect(email).toHaveAttribute('aria-invalid', 'true')
})
