import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.js'
import { AdminBrowser } from './admin-browser.js'
import { AdminHistory } from './admin-history.js'
import { type RunningServer, startProgram } from './program.js'

const USER = '88'
const GRANTS = 45
const GRANTS_IN_POUNDS = 22
const INVOICES = 103
const ORDERS = 23

let dataDir: string
let server: RunningServer
let browser: AdminBrowser
let history: AdminHistory
let page: Page

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-portal-lists-'))
  server = await startProgram({ DATA_DIR: dataDir })
  history = new AdminHistory(server)
  browser = await AdminBrowser.launch(server)
  await history.admin(`mutation { upsertUser(input: { id: "${USER}", name: "Ada King", email: "ada@example.com" }) { user { id } } }`)
  page = await (await browser.openContext({ viewport: { width: 1280, height: 900 } })).newPage()
  const { createPortalSession } = await history.admin(`mutation { createPortalSession(input: { userId: "${USER}" }) { url } }`)
  await page.goto(createPortalSession.url)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  for (let index = 1; index <= GRANTS; index += 1) await grant('EUR', `Gift ${index}`)
  for (let index = 1; index <= GRANTS_IN_POUNDS; index += 1) await grant('GBP', `Present ${index}`)
  for (let index = 1; index <= INVOICES; index += 1) await issueInvoice()
  for (let index = 1; index <= ORDERS; index += 1) await orderTopUp(index * 100)
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

async function grant(currency: string, reason: string): Promise<void> {
  const amount = `amount: { minorUnits: 100, currency: "${currency}" }`
  await history.admin(`mutation { grantCredit(input: { userId: "${USER}", ${amount}, reason: "${reason}" }) { grant { id } } }`)
}

async function issueInvoice(): Promise<void> {
  const items = 'items: [{ description: "Setup", unitPrice: 1000 }]'
  await history.admin(`mutation { issueInvoice(input: { userId: "${USER}", currency: "USD", ${items} }) { invoice { id } } }`)
}

/** As the customer, to pay by transfer. */
async function orderTopUp(minorUnits: number): Promise<void> {
  const amount = `amount: { minorUnits: ${minorUnits}, currency: "USD" }`
  await history.customer(Number(USER), `mutation { topUpBalance(input: { ${amount} }) { order { id } } }`)
}

async function open(path: string): Promise<void> {
  await page.goto(`${server.url}/portal${path}`)
  await browser.ready(page)
}

const table = (name: string) => page.getByRole('table', { name })
const pageButton = (list: string, name: string) => page.getByRole('navigation', { name: `Pages: ${list}` }).getByRole('button', { name })

/** What the rows of each page contain, from the shown page to the last one, or back to the first one. */
async function readPages(list: string, direction: 'Next' | 'Previous', read: (rows: Locator) => Promise<string[]>): Promise<string[][]> {
  const rows = table(list).locator('tbody tr')
  const button = pageButton(list, direction)
  const pages = [await read(rows)]
  while ((await button.getAttribute('aria-disabled')) === 'false') {
    const [shown] = pages.at(-1) ?? []
    await button.click()
    await expect.poll(async () => (await read(rows))[0]).not.toBe(shown)
    pages.push(await read(rows))
  }
  return pages
}

const descriptions = (rows: Locator) => rows.locator('td:nth-child(2)').allInnerTexts()
const payLinks = (rows: Locator) =>
  rows.getByRole('link', { name: 'Pay' }).evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))

const sizes = (pages: readonly string[][]) => pages.map(({ length }) => length)

test('every entry of a balance is on one page of its history', async () => {
  await open('/balance')
  const forward = await readPages('History (EUR)', 'Next', descriptions)
  expect(sizes(forward)).toEqual([20, 20, 5])
  const names = forward.flat().map((text) => /Gift \d+/.exec(text)?.[0])
  expect(names).toEqual(Array.from({ length: GRANTS }, (_, index) => `Gift ${GRANTS - index}`))
  expect(await readPages('History (EUR)', 'Previous', descriptions)).toEqual(forward.toReversed())
})

test('the histories of two currencies are turned separately', async () => {
  await open('/balance')
  await pageButton('History (GBP)', 'Next').click()
  await expect.poll(() => table('History (GBP)').locator('tbody tr').count()).toBe(GRANTS_IN_POUNDS - 20)
  expect(await table('History (EUR)').getByText('Gift 45').count()).toBe(1)
})

test('the pages of a history are turned with the keyboard, and the focus stays', async () => {
  await open('/balance')
  const next = pageButton('History (EUR)', 'Next')
  await next.focus()
  for (const oldest of ['Gift 6', 'Gift 1']) {
    await page.keyboard.press('Enter')
    await expect.poll(() => table('History (EUR)').locator('tbody tr').last().innerText()).toMatch(new RegExp(`${oldest}\\b`))
    expect(await next.evaluate((button) => button === document.activeElement)).toBe(true)
  }
  await page.keyboard.press('Enter')
  expect(await table('History (EUR)').locator('tbody tr').count()).toBe(5)
})

test('the reminder of more open invoices than it has read states no sum, and leads to each of them', async () => {
  await open('')
  const reminder = page.getByRole('alert', { name: 'Invoices' })
  expect(await reminder.innerText()).toMatch(/^More than 100 invoices are open\s+Pay$/)
  await reminder.getByRole('link', { name: 'Pay' }).click()
  await page.waitForURL(/\/invoices\?status=open$/)
  await browser.ready(page)
  const links = await readPages('Invoices', 'Next', payLinks)
  expect(sizes(links)).toEqual([20, 20, 20, 20, 20, 3])
  expect(new Set(links.flat()).size).toBe(INVOICES)
  await table('Invoices').getByRole('link', { name: 'Pay' }).last().click()
  await page.getByText('Amount due').waitFor()
})

test('another list of invoices begins with its first page', async () => {
  await open('/invoices?status=open')
  await pageButton('Invoices', 'Next').click()
  await expect.poll(() => pageButton('Invoices', 'Previous').getAttribute('aria-disabled')).toBe('false')
  await page.getByLabel('Only open invoices').uncheck()
  await page.waitForURL(/\/invoices$/)
  await expect.poll(() => pageButton('Invoices', 'Previous').getAttribute('aria-disabled')).toBe('true')
})

test('every order that waits for its payment can be paid', async () => {
  await open('')
  expect(await page.getByText(/^Your order .* waits/).count()).toBe(5)
  await page.getByRole('link', { name: 'All orders that wait for payment' }).click()
  await page.waitForURL(/\/invoices$/)
  await browser.ready(page)
  const links = await readPages('Waiting for payment', 'Next', payLinks)
  expect(sizes(links)).toEqual([20, 3])
  expect(new Set(links.flat()).size).toBe(ORDERS)
  expect(await table('Invoices').locator('tbody tr').count()).toBe(20)
})

test('a page that cannot be loaded leaves the previous one, and is loaded by another try', async () => {
  await open('/balance')
  await page.route('**/graphql', (route) => route.abort())
  await pageButton('History (EUR)', 'Next').click()
  const retry = page.getByRole('button', { name: 'Try again' })
  await retry.waitFor()
  expect(await table('History (EUR)').getByText('Gift 45').count()).toBe(1)
  await page.unroute('**/graphql')
  await retry.click()
  await table('History (EUR)').getByText('Gift 25').waitFor()
})

test('the lists have no serious accessibility problem and never scroll sideways', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      for (const part of ['', '/balance', '/invoices']) {
        await open(part)
        expect([part, width, colorScheme, await browser.accessibilityProblems(page)]).toEqual([part, width, colorScheme, []])
        expect([part, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([part, width])
      }
    }
  }
})

test('the reminders are in four languages', async () => {
  await page.setViewportSize({ width: 1280, height: 900 })
  const texts = new Set<string>()
  for (const language of LANGUAGES) {
    await open('')
    await page.locator('select').filter({ hasText: 'Deutsch' }).selectOption(language)
    await page.locator(`html[lang=${language}]`).waitFor()
    await open('')
    texts.add(
      await page
        .getByText(/\b100\b/)
        .first()
        .innerText(),
    )
    texts.add(await page.locator('main a[href$="/invoices"]').innerText())
  }
  expect(texts.size).toBe(2 * LANGUAGES.length)
})
