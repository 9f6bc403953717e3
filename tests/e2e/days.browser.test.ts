import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { AdminBrowser } from './admin-browser.js'
import { AdminHistory } from './admin-history.js'
import { type RunningServer, startProgram } from './program.js'

const ADA = { id: '400', name: 'Ada Lovelace', email: 'ada@example.com' }
/** The day in Auckland begins 19 to 21 hours before that in Los Angeles. */
const SELLER = 'Pacific/Auckland'
const BROWSER = { timezoneId: 'America/Los_Angeles' }
const DAY_MS = 24 * 60 * 60 * 1000

let dataDir: string
let server: RunningServer
let browser: AdminBrowser
let history: AdminHistory
let page: Page
/** Of the next year, so that every day of it is in the future. */
let year: number
/** In Los Angeles and in London; it is the next day in Auckland. */
let today: string
let tomorrow: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-days-'))
  server = await startProgram({ DATA_DIR: dataDir, DEMO: 'true', INVOICE_TIME_ZONE: SELLER })
  history = new AdminHistory(server)
  await history.admin('mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }', { users: [ADA] })
  const { now } = await history.admin('{ now }')
  // Two days, because the demo data of this afternoon is already of tomorrow in Auckland.
  const at = Date.parse(now) + 2 * DAY_MS
  today = new Date(at).toISOString().slice(0, 10)
  tomorrow = new Date(at + DAY_MS).toISOString().slice(0, 10)
  year = Number(tomorrow.slice(0, 4)) + 1
  const to = `${today}T14:00:00.000Z`
  await history.admin('mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
  browser = await AdminBrowser.launch(server, BROWSER)
  page = browser.page
  await browser.signIn()
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

const dialog = () => browser.dialog()
const confirm = (button: string) => browser.confirm(button)
const textOf = async (pdfUrl: string) => (await readPdf(new Uint8Array(await (await fetch(pdfUrl)).arrayBuffer()))).text

/** The value that a page shows with a label. */
const fact = (label: string) => page.locator('dl > div', { has: page.getByText(label, { exact: true }) }).locator('dd')

describe('an administrator in another time zone than the seller', () => {
  let invoice: { id: string; dueAt: string; isOverdue: boolean; pdfUrl: string }

  test('sets a due date, which the invoice states, and until whose end the invoice is not overdue', async () => {
    await browser.open(`/customers/user_${ADA.id}`)
    await page.getByRole('button', { name: 'Issue invoice' }).click()
    await dialog().getByLabel('Description').fill('Setup')
    await dialog().getByLabel('Unit price').fill('100')
    await dialog().getByLabel('Due').fill(`${year}-05-31`)
    await confirm('Issue invoice')
    const { user } = await history.admin(`{ user(id: "${ADA.id}") { invoices(first: 1) { nodes { id dueAt isOverdue pdfUrl } } } }`)
    invoice = user.invoices.nodes[0]
    expect(invoice.dueAt).toBe(`${year}-05-31T11:59:59.999Z`)
    expect(await textOf(invoice.pdfUrl)).toContain(`Due May 31, ${year}`)
    await browser.open(`/invoices/${invoice.id}`)
    expect(await fact('Due').textContent()).toBe(`31 May ${year}`)
  })

  test('extends it to the end of another day', async () => {
    await page.getByRole('button', { name: 'Extend due date' }).click()
    await dialog().getByLabel('Due').fill(`${year}-06-30`)
    await confirm('Extend due date')
    await expect.poll(() => fact('Due').textContent()).toBe(`30 Jun ${year}`)
  })

  test("filters by days of the seller, in which times are shown, with the time zone's name", async () => {
    await browser.open(`/invoices?from=${tomorrow}&to=${tomorrow}`)
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(tomorrow))
    await browser.row('Invoices', ADA.name).getByText(day).waitFor()
    await browser.open(`/invoices?from=${today}&to=${today}`)
    await page.getByText('Nothing matches these filters.').waitFor()
    await browser.open('/audit')
    await browser
      .row('Audit log', new RegExp(`${day}, 0[23]:\\d\\d GMT\\+1[23]`))
      .first()
      .waitFor()
  })

  test('grants a plan until the end of a day, which the customer sees in the portal', async () => {
    await browser.open(`/customers/user_${ADA.id}`)
    await page.getByRole('button', { name: 'Grant plan' }).click()
    await dialog().getByLabel('Plan').selectOption({ label: 'Starter' })
    await dialog().getByLabel('Ends').fill(`${year}-05-31`)
    await confirm('Grant plan')
    await expect.poll(() => fact('Ends').textContent()).toBe(`31 May ${year}`)
    const { user } = await history.admin(`{ user(id: "${ADA.id}") { subscription { endsAt } invoices(first: 1) { nodes { pdfUrl } } } }`)
    expect(user.subscription.endsAt).toBe(`${year}-05-31T11:59:59.999Z`)
    expect(await textOf(user.invoices.nodes[0].pdfUrl)).toMatch(new RegExp(`Service period .* – May 31, ${year} `))

    const create = 'mutation ($id: ID!) { createPortalSession(input: { userId: $id }) { url } }'
    const { createPortalSession } = await history.admin(create, { id: ADA.id })
    const portal = await (await browser.openContext(BROWSER)).newPage()
    await portal.goto(createPortalSession.url)
    await portal.getByText(`Ends on 31 May ${year}`).waitFor()
    await portal.goto(`${server.url}/portal/invoices/${invoice.id}`)
    await portal.getByText(`30 Jun ${year}`).waitFor()
    await portal.context().close()
  })

  test('sees the first day of a tax rate as it was entered', async () => {
    await browser.open('/taxes')
    await page.getByRole('button', { name: 'Add rate' }).click()
    await dialog().getByLabel('Country').fill('IS')
    await dialog().getByLabel('Rate in percent').fill('24')
    await dialog().getByLabel('Valid from').fill(`${year}-01-01`)
    await confirm('Save')
    await browser.row('Your rates', 'Iceland').getByText(`1 Jan ${year}`).waitFor()
    const { taxRates } = await history.admin('{ taxRates { country validFrom } }')
    expect(taxRates).toContainEqual({ country: 'IS', validFrom: `${year}-01-01` })
  })

  test('has seen no error in the console', () => {
    expect(browser.problems).toEqual([])
  })
})
