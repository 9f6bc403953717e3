import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.js'
import { AdminBrowser } from './admin-browser.js'
import { AdminHistory, ESCLUSE_SECRET } from './admin-history.js'
import { type RunningServer, startProgram } from './program.js'

/** With it, the pictures of the documentation are written again. */
const WRITES_SCREENSHOTS = process.env.WRITE_SCREENSHOTS === '1'
const SCREENSHOTS = 'docs/pages'
/** The pages without parameters. */
const PAGES = [
  '',
  '/work',
  '/customers',
  '/sales',
  '/subscriptions',
  '/catalog',
  '/invoices',
  '/payments',
  '/refunds',
  '/taxes',
  '/webhooks',
  '/events',
  '/mails',
  '/keys',
  '/settings',
  '/audit',
]

let dataDir: string
let server: RunningServer
let browser: AdminBrowser
let history: AdminHistory
let page: Page

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-admin-'))
  server = await startProgram({ DATA_DIR: dataDir, DEMO: 'true', ESCLUSE_WEBHOOK_SECRET: ESCLUSE_SECRET })
  history = new AdminHistory(server)
  await history.run()
  await history.leaveWork()
  browser = await AdminBrowser.launch(server)
  if (WRITES_SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true })
  page = browser.page
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

const open = (path: string, opened = page) => browser.open(path, opened)
const openAs = (options: BrowserContextOptions) => browser.openAs(options)
const ready = (opened: Page) => browser.ready(opened)
const row = (table: string, text: string | RegExp) => browser.row(table, text)
const accessibilityProblems = (opened = page) => browser.accessibilityProblems(opened)

async function screenshot(name: string, opened = page): Promise<void> {
  if (!WRITES_SCREENSHOTS) return
  await opened.evaluate(() => document.fonts.ready)
  await opened.evaluate(() => scrollTo(0, 0))
  await opened.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
}

describe('an administrator', () => {
  test('is signed in by the address that the terminal prints', async () => {
    await browser.signIn()
    await ready(page)
    expect(page.url()).not.toContain('session')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  })

  test('sees charts and the numbers behind them', async () => {
    await open('')
    for (const title of ['Revenue by month', 'MRR and churn', 'Open and overdue', 'Plans by subscribers']) {
      const chart = page.getByRole('region', { name: title })
      expect(await chart.locator('svg.recharts-surface').count()).toBeGreaterThan(0)
      await chart.getByText('Show as a table').click()
      expect(await chart.getByRole('row').count()).toBeGreaterThan(1)
      await chart.getByText('Show as a table').click()
    }
    expect(await accessibilityProblems()).toEqual([])
  })

  test('approves an order', async () => {
    await open('/work')
    expect(await accessibilityProblems()).toEqual([])
    await screenshot('admin-work')
    const orders = row('Orders to approve', 'Mary Somerville')
    await orders.getByRole('button', { name: 'Approve: Mary Somerville' }).click()
    const dialog = page.getByRole('dialog', { name: /^Approve: .*Mary Somerville/ })
    expect(await accessibilityProblems()).toEqual([])
    await dialog.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('status').filter({ hasText: 'Done: Approve' }).waitFor()
    await expect.poll(() => orders.count()).toBe(0)
    const { user } = await history.admin('{ user(id: "200") { currentPlan { name } } }')
    expect(user.currentPlan.name).toBe('Pro')
  })

  test('confirms a reported payment', async () => {
    const reports = row('Reported payments to check', 'Sophie Germain')
    await reports.getByRole('button', { name: /^Confirm/ }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel('Amount').inputValue()).toBe('5.00')
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await expect.poll(() => reports.count()).toBe(0)
  })

  test('replays an event when its customer is known', async () => {
    await history.admin('mutation { upsertUser(input: { id: "300", name: "Nora", email: "nora@example.com" }) { user { id } } }')
    await open('/work')
    const parked = row('Parked events', 'unknown user nora@example.com')
    await parked.getByRole('button', { name: /^Replay/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const planName = async () => (await history.admin('{ user(id: "300") { currentPlan { name } } }')).user.currentPlan.name
    await expect.poll(planName).toBe('Pro')
  })

  test('finds a customer, whose orders, invoices and history are in one place', async () => {
    await open('/customers')
    await page.getByLabel('Name, e-mail or id').fill('mirza')
    await expect.poll(() => page.getByRole('table', { name: 'Users' }).getByRole('row').count()).toBe(2)
    expect(page.url()).toContain('search=mirza')
    expect(await accessibilityProblems()).toEqual([])
    await page.getByRole('link', { name: 'Maryam Mirzakhani' }).click()
    await page.getByRole('heading', { level: 1, name: 'Maryam Mirzakhani' }).waitFor()
    await screenshot('admin-customer')
    expect(await accessibilityProblems()).toEqual([])
    for (const [tab, table] of [
      ['Orders', 'Orders'],
      ['Invoices', 'Invoices'],
      ['Payments', 'Payments'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click()
      await page.getByRole('table', { name: table }).waitFor()
    }
    await page.getByRole('tab', { name: 'Audit log' }).click()
    await page.getByRole('cell', { name: 'user:207' }).first().waitFor()
  })

  test('refunds an order after a preview', async () => {
    await open('/sales?search=mary%20jackson')
    await page.getByRole('table', { name: 'Orders' }).getByRole('link', { name: /Pro/ }).first().click()
    await page.getByRole('button', { name: 'Refund' }).click()
    const dialog = page.getByRole('dialog', { name: /^Refund: .*Mary Jackson/ })
    await dialog.getByText('Refundable now').waitFor()
    expect(await accessibilityProblems()).toEqual([])
    await screenshot('admin-refund')
    // An amount needs a reason, as the API states at the field.
    await dialog.getByLabel('Amount').fill('1,50')
    await dialog.getByLabel('Refunded to').selectOption('BALANCE')
    await dialog.getByRole('button', { name: 'Refund' }).click()
    await expect.poll(() => dialog.getByLabel('Reason').getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel('Reason').fill('An apology')
    await dialog.getByRole('button', { name: 'Refund' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { user } = await history.admin('{ user(id: "210") { balances { amount { minorUnits } } } }')
    expect(user.balances[0].amount.minorUnits).toBe(150)
  })

  test('creates a plan, after the API has refused its input at the field', async () => {
    await open('/catalog')
    await page.getByRole('button', { name: 'Create plan' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create plan: new plan' })
    await dialog.getByLabel('Name', { exact: false }).first().fill('Business')
    await dialog.getByLabel('Price').fill('49.00')
    await dialog.getByLabel('Short name').fill('Not a slug!')
    await dialog.getByRole('button', { name: 'Create plan' }).click()
    await expect.poll(() => dialog.getByLabel('Short name').getAttribute('aria-invalid')).toBe('true')
    expect(await accessibilityProblems()).toEqual([])
    await dialog.getByLabel('Short name').fill('business')
    await dialog.getByLabel('Servers').fill('50')
    await dialog.getByRole('button', { name: 'Create plan' }).click()
    await page.getByRole('heading', { level: 1, name: 'Business' }).waitFor()
    const { plans } = await history.admin('{ plans { slug serverLimit price { minorUnits } } }')
    expect(plans).toContainEqual(
      expect.objectContaining({ slug: 'business', serverLimit: 50, price: expect.objectContaining({ minorUnits: 4900 }) }),
    )
  })

  test('edits and archives a plan, which names what happens to its subscribers', async () => {
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('dialog').getByLabel('Price').fill('59')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('US$59.00 / month').waitFor()
    await page.getByRole('button', { name: 'Archive' }).click()
    const dialog = page.getByRole('dialog', { name: 'Archive: Business' })
    await dialog.getByText('0 subscribers keep it').waitFor()
    await dialog.getByRole('button', { name: 'Archive' }).click()
    await page.getByText('Archived', { exact: true }).waitFor()
  })

  test('creates an API key and an endpoint, whose secrets are shown once', async () => {
    await open('/keys')
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Panel')
    await dialog.getByLabel('Read entitlements').check()
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByRole('button', { name: 'Copy' }).waitFor()
    const key = (await dialog.locator('output').textContent()) ?? ''
    expect(key.length).toBeGreaterThan(20)
    expect(await accessibilityProblems()).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await row('API keys', 'Panel').waitFor()
    expect(await page.content()).not.toContain(key)

    await open('/webhooks')
    await page.getByRole('button', { name: 'Add endpoint' }).click()
    await dialog.getByLabel('URL').fill('https://panel.example.com/hooks')
    await dialog.getByRole('button', { name: 'Add endpoint' }).click()
    await dialog.getByText('Copy the secret now').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await row('Endpoints', 'panel.example.com')
      .getByRole('button', { name: /^Delete/ })
      .click()
    await page.getByRole('dialog', { name: 'Delete: https://panel.example.com/hooks' }).getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => row('Endpoints', 'panel.example.com').count()).toBe(0)
  })

  test('sees which mails a customer received, and sends one again', async () => {
    const queued = async () => (await history.admin('{ mails(filter: { status: [QUEUED] }) { totalCount } }')).mails.totalCount
    await expect.poll(queued, { timeout: 60_000 }).toBe(0)
    await open('/mails?kind=INVOICE_OVERDUE')
    const reminder = row('Mails', 'Maria Agnesi').first()
    await reminder.getByText('maria@example.com').waitFor()
    // A demo sends nothing.
    await reminder.getByText('Not sent').waitFor()
    await reminder.getByRole('button', { name: /^Send again/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Send again: Reminder maria@example.com' })
    const count = async () => (await history.admin('{ mails(filter: { kind: [INVOICE_OVERDUE] }) { totalCount } }')).mails.totalCount
    const before = await count()
    await dialog.getByRole('button', { name: 'Send again' }).click()
    await expect.poll(count).toBe(before + 1)

    await reminder.getByRole('link', { name: 'Maria Agnesi' }).click()
    await page.getByRole('tab', { name: 'Mails' }).click()
    await row('Mails', 'Invoice').first().waitFor()
    expect(await accessibilityProblems()).toEqual([])
  })

  test('pages, filters and sorts a table through the API, and the address keeps it', async () => {
    await open('/audit')
    const table = page.getByRole('table', { name: 'Audit log' })
    const first = async () => table.getByRole('row').nth(1).textContent()
    const newest = await first()
    await page.getByRole('button', { name: 'Next' }).click()
    await expect.poll(first).not.toBe(newest)
    await page.reload()
    await ready(page)
    expect(await first()).not.toBe(newest)
    await page.getByRole('button', { name: 'Previous' }).click()
    await expect.poll(first).toBe(newest)
    await page.getByLabel('Sort by').selectOption('OLDEST_FIRST')
    await expect.poll(first).not.toBe(newest)
    await open('/invoices?status=OVERDUE')
    await row('Invoices', 'Maria Agnesi').first().waitFor()
    expect(await page.getByLabel('Status').inputValue()).toBe('OVERDUE')
  })
})

describe('the pages', () => {
  test('have no serious problem of accessibility, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const opened = await openAs({ colorScheme })
      for (const path of PAGES) {
        await open(path, opened)
        expect([colorScheme, path, await accessibilityProblems(opened)]).toEqual([colorScheme, path, []])
      }
      await open('', opened)
      await screenshot(`admin-overview-${colorScheme}`, opened)
      await opened.context().close()
    }
  })

  test('fit into 360 and 1920 pixels', async () => {
    for (const width of [360, 1920]) {
      const opened = await openAs({ viewport: { width, height: 800 } })
      for (const path of PAGES) {
        await open(path, opened)
        const overflow = await opened.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        expect([width, path, overflow]).toEqual([width, path, 0])
      }
      await open('', opened)
      if (width === 360) await screenshot('admin-overview-360', opened)
      await opened.context().close()
    }
  })

  test.each(LANGUAGES)('speak %s', async (language) => {
    const opened = await openAs({ locale: language })
    await open('', opened)
    expect(await opened.evaluate(() => document.documentElement.lang)).toBe(language)
    const titles = { en: 'Overview', de: 'Übersicht', fr: 'Vue d’ensemble', es: 'Resumen' }
    expect(await opened.getByRole('heading', { level: 1 }).textContent()).toBe(titles[language])
    await opened.context().close()
  })

  test('can be used with the keyboard alone', async () => {
    await open('/catalog')
    await page.getByRole('button', { name: 'Create plan' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await expect.poll(() => page.evaluate(() => document.querySelector('[role=dialog]')?.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Create plan')
  })

  test('are refused to a customer', async () => {
    const customer = await browser.openContext()
    const opened = await customer.newPage()
    await opened.goto(`${server.url}/admin#token=${server.customer}`)
    await opened.getByRole('heading', { name: 'Administrators only' }).waitFor()
    await customer.close()
  })

  test('load nothing from elsewhere, and write no error to the console', () => {
    expect(browser.foreignRequests).toEqual([])
    expect(browser.problems).toEqual([])
  })
})
