// How long a person waits for a page, beside what the same browser needs for the same bytes and calls alone.
//
// Environment: OPORA_ADDRESS (http://127.0.0.1:8080), OPORA_TENANT (zabaikalye), OPORA_PASSWORD (opora-demo), OPORA_ROUNDS (10).
// Prints one line of JSON for each figure: {figure, unit, ours: […], limit: […], limit_is}.
import { chromium } from '@playwright/test'

const address = process.env.OPORA_ADDRESS ?? 'http://127.0.0.1:8080'
const tenant = process.env.OPORA_TENANT ?? 'zabaikalye'
const password = process.env.OPORA_PASSWORD ?? 'opora-demo'
const fifty = 50
const rounds = Number(process.env.OPORA_ROUNDS ?? 10)

const pages = [
  {
    figure: 'first usable form',
    who: process.env.OPORA_REQUESTER ?? `requester@${tenant}.example`,
    path: process.env.OPORA_FORM ?? `/t/${tenant}/file/webtorgi/appeal`,
    // The first field takes letters, and the rules have spoken.
    ready: 'main form .group input:not([readonly])',
  },
  {
    figure: 'list of 50 drawn',
    who: process.env.OPORA_AGENT ?? `agent1@${tenant}.example`,
    path: process.env.OPORA_LIST ?? `/t/${tenant}/desk/`,
    ready: `tr[data-index="${fifty - 1}"]`,
  },
]

/** Files what is missing to a list of fifty, as the demo's requester; elsewhere they have to be there. */
async function fill(browser) {
  const agent = await signedIn(browser, pages[1].who)
  const list = await agent.request.get(`${address}/api/v1/t/${tenant}/tickets`, { params: { desk: process.env.OPORA_DESK ?? 'webtorgi', limit: fifty } })
  let missing = fifty - (await list.json()).items.length
  await agent.close()
  if (missing <= 0) return
  const requester = await signedIn(browser, pages[0].who)
  const fields = { type: 'other', document: 'other', description: 'Обращение для измерений.', email: pages[0].who, phone: '8-123-12345678', name: 'Дамдинова Баирма Цыреновна' }
  while (missing > 0) {
    const answer = await requester.request.post(`${address}/api/v1/t/${tenant}/tickets`, { data: { desk: 'webtorgi', form: 'appeal', fields: { ...fields, title: `Обращение ${missing}` } } })
    if (answer.status() === 201) missing--
    else if (answer.status() === 429) await new Promise((wait) => setTimeout(wait, 1000))
    else throw new Error(`a list of ${fifty} needs as many tickets: ${answer.status()} ${await answer.text()}`)
  }
  await requester.close()
}

/** Milliseconds from the navigation until something is drawn; with a cold cache, as a person who comes first has it. */
async function ours(browser, { who, path, ready }, calls) {
  const context = await signedIn(browser, who)
  try {
    const page = await context.newPage()
    page.on('request', (request) => calls?.push({ url: request.url(), method: request.method(), headers: request.headers(), body: request.postData() }))
    await page.addInitScript((selector) => {
      const look = () => {
        const element = document.querySelector(selector)
        if (!element?.checkVisibility()) return requestAnimationFrame(look)
        // What stands in the document now is on the screen after the next frame.
        return requestAnimationFrame(() => setTimeout(() => (window.drawn = performance.now())))
      }
      look()
    }, ready)
    await page.goto(address + path)
    await page.waitForFunction(() => window.drawn !== undefined, undefined, { timeout: 60_000 })
    return await page.evaluate(() => window.drawn)
  } finally {
    await context.close()
  }
}

/** Milliseconds in which the same browser fetches the same document, then its assets, then makes the same calls, each at once. */
async function limit(browser, { who, path }, calls) {
  const context = await signedIn(browser, who)
  try {
    const page = await context.newPage()
    // A page of the same origin without a script of its own.
    await page.goto(`${address}/icon.svg`)
    const assets = calls.filter(({ url }) => url.includes('/assets/')).map(({ url }) => url)
    const reads = calls.filter(({ url }) => url.includes('/api/') && !url.endsWith('/stream'))
    return await page.evaluate(
      async ({ path, assets, reads }) => {
        const read = async (url, options) => (await fetch(url, { cache: 'no-store', ...options })).arrayBuffer()
        const begun = performance.now()
        await read(path)
        await Promise.all(assets.map((url) => read(url)))
        await Promise.all(reads.map(({ url, method, headers, body }) => read(url, { method, headers, body: body ?? undefined })))
        return performance.now() - begun
      },
      { path, assets, reads: reads.map(({ url, method, headers, body }) => ({ url, method, body, headers: body ? { 'Content-Type': headers['content-type'] ?? 'application/json' } : {} })) },
    )
  } finally {
    await context.close()
  }
}

async function signedIn(browser, email) {
  const context = await browser.newContext({ locale: 'ru-RU', viewport: { width: 1280, height: 900 } })
  const answer = await context.request.post(`${address}/api/v1/t/${tenant}/sessions`, { data: { email, password } })
  if (answer.status() !== 201) throw new Error(`${email} cannot sign in at ${address}: ${answer.status()} ${await answer.text()}`)
  return context
}

const browser = await chromium.launch({ executablePath: process.env.OPORA_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] })
try {
  await fill(browser)
  for (const one of pages) {
    const calls = []
    await ours(browser, one, calls) // the first time warms the server, and tells what the page asks for
    const measured = { ours: [], limit: [] }
    // By turns, so that whatever else the machine does meets both alike.
    for (let round = 0; round < rounds; round++) {
      measured.ours.push(Math.round(await ours(browser, one)))
      measured.limit.push(Math.round(await limit(browser, one, calls)))
    }
    console.log(JSON.stringify({ figure: one.figure, unit: 'ms', ...measured, limit_is: 'the same browser fetches the same document, its assets and its API calls, and draws nothing' }))
  }
} finally {
  await browser.close()
}
