import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { Receiver } from '../support/receiver.js'
import { AdminBrowser } from './admin-browser.js'
import { AdminHistory } from './admin-history.js'
import { type RunningServer, startProgram } from './program.js'

const ADA = { id: '400', name: 'Ada Lovelace', email: 'ada@example.com' }
const GRACE = { id: '401', name: 'Grace Hopper', email: 'grace@example.com' }
/** More than a reapplication changes in one transaction. */
const SUBSCRIBERS = Array.from({ length: 60 }, (_, index) => ({ id: String(500 + index), name: `Subscriber ${index}` }))
/** In the second transaction, in which customers are in the order of their ids. */
const LOCKED = '555'

let dataDir: string
let database: pg.PoolConfig
let server: RunningServer
let browser: AdminBrowser
let history: AdminHistory
let receiver: Receiver
let page: Page
let startersPlan: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-actions-'))
  database = await cloneDatabase()
  server = await startProgram({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl(database), DEMO: 'true' })
  history = new AdminHistory(server)
  const users = [ADA, GRACE, ...SUBSCRIBERS]
  await history.admin('mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }', { users })
  const { allPlans } = await history.admin('{ allPlans { id slug } }')
  const planId = (slug: string) => allPlans.find((plan: any) => plan.slug === slug).id
  startersPlan = planId('starter')
  await grant(ADA.id, planId('pro'))
  for (const { id } of SUBSCRIBERS) await grant(id, startersPlan)
  receiver = await Receiver.start()
  browser = await AdminBrowser.launch(server)
  page = browser.page
  await browser.signIn()
})
afterAll(async () => {
  await browser?.close()
  await receiver?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

async function grant(userId: string, planId: string): Promise<void> {
  await history.admin('mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input: { userId, planId } })
}

const row = (table: string, text: string | RegExp) => browser.row(table, text)
const dialog = (name?: string | RegExp) => browser.dialog(name)
const confirm = (button: string) => browser.confirm(button)
const isInvalid = (field: Locator) => field.getAttribute('aria-invalid')

describe('an administrator', () => {
  test('reapplies the limits of a changed plan, and sees the progress', async () => {
    await browser.open('/catalog')
    await page.getByRole('link', { name: 'Starter' }).click()
    await page.getByRole('heading', { level: 1, name: 'Starter' }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await dialog('Edit: Starter').getByLabel('Servers').fill('42')
    await confirm('Save')
    const serverLimit = async () => (await history.admin(`{ user(id: "${LOCKED}") { limits { serverLimit } } }`)).user.limits.serverLimit
    expect(await serverLimit()).not.toBe(42)
    const { plan } = await history.admin('query ($id: ID!) { plan(id: $id) { subscriberCount } }', { id: startersPlan })
    const subscribers: number = plan.subscriberCount
    expect(subscribers).toBeGreaterThanOrEqual(SUBSCRIBERS.length)

    // The second transaction waits for this one.
    const client = new pg.Client(database)
    // If the test fails, the database ends the connection.
    client.on('error', () => undefined)
    await client.connect()
    await client.query('BEGIN')
    await client.query('SELECT id FROM users WHERE id = $1 FOR UPDATE', [LOCKED])
    await page.getByRole('button', { name: 'Reapply limits' }).click()
    await dialog('Reapply limits: Starter').getByText(`${subscribers} subscribers get the current limits`).waitFor()
    await confirm('Reapply limits')
    const progress = page.getByRole('region', { name: 'Limits are reapplied' })
    await progress.getByText(`50 of ${subscribers} subscribers`).waitFor()
    const bar = progress.getByRole('progressbar')
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe(String(Math.round(5000 / subscribers)))
    expect(await browser.accessibilityProblems()).toEqual([])
    await client.query('COMMIT')
    await client.end()
    await progress.getByText(`${subscribers} of ${subscribers} subscribers`).waitFor()
    expect(await serverLimit()).toBe(42)
  })

  test('suspends a subscription, and lifts the suspension', async () => {
    const suspended = async () =>
      (await history.admin(`{ user(id: "${ADA.id}") { subscription { suspendedReason } } }`)).user.subscription.suspendedReason
    await browser.open(`/customers/user_${ADA.id}`)
    await page.getByRole('button', { name: 'Suspend' }).click()
    const opened = dialog('Suspend: Pro – Ada Lovelace')
    await opened.getByLabel('Reason').selectOption('ABUSE')
    await opened.getByLabel('Notes').fill('Sends spam')
    await confirm('Suspend')
    await page.getByText('Suspended', { exact: true }).waitFor()
    expect(await suspended()).toBe('ABUSE')
    await page.getByRole('button', { name: 'Lift suspension' }).click()
    await dialog('Lift suspension: Pro – Ada Lovelace').waitFor()
    await confirm('Lift suspension')
    await page.getByText('Active', { exact: true }).waitFor()
    expect(await suspended()).toBeNull()
  })

  test('credits a part of an invoice, and pays the balance out', async () => {
    const balance = async () => {
      const { user } = await history.admin(`{ user(id: "${ADA.id}") { balances { amount { minorUnits } } } }`)
      return user.balances[0]?.amount.minorUnits ?? 0
    }
    await browser.open('/invoices?search=ada')
    await page.getByRole('table', { name: 'Invoices' }).getByRole('link').first().click()
    await page.getByRole('button', { name: 'Issue credit note' }).click()
    const credit = dialog(/^Issue credit note: .* – Ada Lovelace$/)
    await credit.getByLabel('Amount').fill('1000000')
    await credit.getByRole('button', { name: 'Issue credit note' }).click()
    await expect.poll(() => isInvalid(credit.getByLabel('Amount'))).toBe('true')
    await credit.getByLabel('Amount').fill('5,00')
    await credit.getByLabel('Reason').fill('Outage in May')
    await confirm('Issue credit note')
    await row('Credit notes', 'Outage in May').getByText('US$5.00').waitFor()
    expect(await balance()).toBe(500)

    await page.getByRole('link', { name: ADA.name }).click()
    await page.getByRole('button', { name: 'Pay out balance' }).click()
    const payOut = dialog(`Pay out balance: ${ADA.name}`)
    expect(await payOut.getByLabel('Amount').inputValue()).toBe('5.00')
    await payOut.getByLabel('Amount').fill('4')
    await payOut.getByLabel('Reason').fill('Asked for it')
    await confirm('Pay out balance')
    expect(await balance()).toBe(500)

    await browser.open('/work')
    await row('Refunds to pay out', ADA.name).getByRole('button', { name: 'Confirm payout: Ada Lovelace' }).click()
    await dialog('Confirm payout: US$4.00 – Ada Lovelace').getByLabel('Reference').fill('Transfer 77')
    await confirm('Confirm payout')
    await expect.poll(() => row('Refunds to pay out', ADA.name).count()).toBe(0)
    expect(await balance()).toBe(100)

    await browser.open(`/customers/user_${ADA.id}?tab=balance`)
    const changes = page.getByRole('table', { name: 'Changes of the balance in USD' })
    const amounts = () => changes.getByRole('row').locator('td:last-child').allTextContents()
    await expect.poll(amounts).toEqual(['-US$4.00', 'US$5.00'])
    await page.getByLabel('Sort by').selectOption('OLDEST_FIRST')
    await expect.poll(amounts).toEqual(['US$5.00', '-US$4.00'])
  })

  test('issues an invoice of several lines with the keyboard', async () => {
    await browser.open(`/customers/user_${GRACE.id}`)
    await page.getByRole('button', { name: 'Issue invoice' }).focus()
    await page.keyboard.press('Enter')
    const opened = dialog(`Issue invoice: ${GRACE.name}`)
    const line = (number: number) => opened.getByRole('group', { name: `Line ${number}`, exact: true })
    await line(1).getByLabel('Description').fill('Setup')
    await line(1).getByLabel('Unit price').fill('100')
    for (const number of [2, 3]) {
      await opened.getByRole('button', { name: 'Add line' }).focus()
      await page.keyboard.press('Enter')
      await line(number).waitFor()
      await page.keyboard.type(`Training ${number}`)
      expect(await line(number).getByLabel('Description').inputValue()).toBe(`Training ${number}`)
    }
    await line(3).getByLabel('Unit price').fill('1')
    await line(2).getByRole('button', { name: 'Remove line 2' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => line(3).count()).toBe(0)
    expect(await line(2).getByLabel('Description').inputValue()).toBe('Training 3')
    expect(
      await line(2)
        .getByLabel('Description')
        .evaluate((input) => input === document.activeElement),
    ).toBe(true)
    expect(await browser.accessibilityProblems()).toEqual([])

    // The API refuses the quantity at its field.
    await line(2).getByLabel('Quantity').fill('0')
    await opened.getByRole('button', { name: 'Issue invoice' }).click()
    await expect.poll(() => isInvalid(line(2).getByLabel('Quantity'))).toBe('true')
    expect(await isInvalid(line(1).getByLabel('Quantity'))).not.toBe('true')
    await line(2).getByLabel('Quantity').fill('2')
    await line(2).getByLabel('Unit price').fill('25,50')
    await confirm('Issue invoice')
    const { user } = await history.admin(
      `{ user(id: "${GRACE.id}") { invoices(first: 1) { nodes { amount { minorUnits } lines { description quantity } } } } }`,
    )
    expect(user.invoices.nodes[0]).toEqual({
      amount: { minorUnits: 15_100 },
      lines: [
        { description: 'Setup', quantity: 1 },
        { description: 'Training 3', quantity: 2 },
      ],
    })
  })

  test('sends a failed delivery again', async () => {
    const input = { url: receiver.url, types: ['INVOICE_ISSUED'] }
    await history.admin('mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }', { input })
    receiver.answer = (_received, response) => void response.writeHead(500).end('out of order')
    const invoice = { userId: GRACE.id, currency: 'USD', items: [{ description: 'Support', unitPrice: 100 }] }
    await history.admin('mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id } } }', { input: invoice })
    await failDelivery()

    receiver.answer = (_received, response) => void response.end('thanks')
    const before = receiver.received.length
    await browser.open('/work')
    await row('Failed deliveries', 'Invoice issued').getByText('500 out of order').waitFor()
    await row('Failed deliveries', 'Invoice issued')
      .getByRole('button', { name: /^Send again/ })
      .click()
    await dialog(/^Send again: INVOICE_ISSUED/).waitFor()
    await confirm('Send again')
    await expect.poll(() => row('Failed deliveries', 'Invoice issued').count()).toBe(0)
    await expect.poll(() => receiver.received.length).toBe(before + 1)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(1)
  })

  test('sets, changes and removes a tax rate', async () => {
    const rates = async () => (await history.admin('{ taxRates { country customerType percentage } }')).taxRates
    const before = await rates()
    await browser.open('/taxes')
    await page.getByRole('button', { name: 'Add rate' }).click()
    const opened = dialog('Add rate: new tax rate')
    await opened.getByLabel('Country').fill('Iceland')
    await opened.getByLabel('Rate in percent').fill('24')
    await opened.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => isInvalid(opened.getByLabel('Country'))).toBe('true')
    await opened.getByLabel('Country').fill('IS')
    await confirm('Save')
    await row('Your rates', 'Iceland').getByText('24 %').waitFor()
    await row('Your rates', 'Iceland').getByRole('button', { name: /^Edit/ }).click()
    await dialog('Edit: IS').getByLabel('Rate in percent').fill('11.5')
    await confirm('Save')
    await row('Your rates', 'Iceland').getByText('11.5 %').waitFor()
    expect(await rates()).toContainEqual({ country: 'IS', customerType: 'USER', percentage: '11.5' })
    await row('Your rates', 'Iceland')
      .getByRole('button', { name: /^Remove/ })
      .click()
    await dialog('Remove: IS 11.5 %').waitFor()
    await confirm('Remove')
    await expect.poll(() => row('Your rates', 'Iceland').count()).toBe(0)
    expect(await rates()).toEqual(before)
  })

  test('searches, sorts and pages a table that the API returns as a whole', async () => {
    await browser.open('/taxes')
    const table = page.getByRole('table', { name: 'Standard rates' })
    const filters = page.getByRole('search', { name: 'Standard rates' })
    const first = () => table.getByRole('row').nth(1).textContent()
    await filters.getByLabel('Sort by').selectOption({ label: 'Rate in percent, descending' })
    await expect.poll(first).toContain('Hungary')
    await page.reload()
    await browser.ready()
    expect(await first()).toContain('Hungary')
    await filters.getByLabel('Sort by').selectOption({ label: 'Country, ascending' })
    await expect.poll(first).toContain('Austria')
    expect(await table.getByRole('row').count()).toBe(21)
    await page.getByRole('button', { name: 'Next' }).click()
    await expect.poll(first).not.toContain('Austria')
    await filters.getByLabel('Search').fill('germ')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    expect(await first()).toContain('Germany')
    await filters.getByLabel('Search').fill('nowhere')
    await page.getByText('Nothing matches these filters.').waitFor()
  })

  test('empties a filter by its menu entry, returns to it, and keeps what is being typed', async () => {
    await browser.open('/customers')
    const search = page.getByRole('search', { name: 'Users' }).getByRole('searchbox')
    const isFor = (text: string) => (url: URL) => (url.searchParams.get('search') ?? '') === text
    await search.fill('gr')
    await page.waitForURL(isFor('gr'))
    await search.press('End')
    await page.keyboard.type('ace')
    expect(await search.inputValue()).toBe('grace')
    await page.waitForURL(isFor('grace'))
    expect(await search.inputValue()).toBe('grace')
    await page.getByRole('navigation').getByRole('link', { name: 'Customers' }).click()
    await page.waitForURL(isFor(''))
    await expect.poll(() => search.inputValue()).toBe('')
    await row('Users', 'Subscriber').first().waitFor()
    await page.goBack()
    await expect.poll(() => search.inputValue()).toBe('grace')
    await expect.poll(() => row('Users', 'Subscriber').count()).toBe(0)
    // What was typed just before is not sent afterwards.
    await search.fill('ada')
    await page.goForward()
    await expect.poll(() => search.inputValue()).toBe('')
    await search.fill('hopper')
    await page.waitForURL(isFor('hopper'))
  })

  test('sets payment methods and notes on invoices', async () => {
    await browser.open('/settings')
    await page.getByRole('button', { name: 'Add payment method' }).click()
    const method = dialog('Add payment method: new payment method')
    await method.getByLabel('Name', { exact: false }).first().fill('Wire transfer')
    await method.getByLabel('Short name').fill('wire')
    await method.getByLabel('IBAN').fill('DE00 1234')
    await method.getByRole('button', { name: 'Save' }).click()
    await method
      .getByText(/IBAN|check digits/i)
      .last()
      .waitFor()
    await method.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00')
    await confirm('Save')
    await row('Payment methods', 'Wire transfer').getByText('DE89370400440532013000').waitFor()
    await row('Payment methods', 'Wire transfer').getByRole('button', { name: 'Edit: Wire transfer' }).click()
    await dialog('Edit: Wire transfer').getByLabel('Instructions').fill('State the number of the invoice.')
    await confirm('Save')
    await row('Payment methods', 'State the number of the invoice.').waitFor()
    await row('Payment methods', 'Wire transfer').getByRole('button', { name: 'Remove: Wire transfer' }).click()
    await dialog('Remove: Wire transfer').waitFor()
    await confirm('Remove')
    await expect.poll(() => row('Payment methods', 'Wire transfer').count()).toBe(0)

    await page.getByRole('button', { name: 'Add note' }).click()
    await dialog('Add note: new note').getByLabel('Text').fill('Thank you for your business.')
    await confirm('Save')
    await row('Notes on invoices', 'Thank you for your business.').waitFor()
    const { legalNotes } = await history.admin('{ legalNotes { text subject } }')
    expect(legalNotes).toContainEqual({ text: 'Thank you for your business.', subject: 'GENERAL' })
  })

  test('filters API keys, the limits of a customer, and the members of an organisation through the API', async () => {
    const create = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }'
    await history.admin(create, { input: { name: 'Current panel', scopes: ['READ'] } })
    const { createApiKey } = await history.admin(create, { input: { name: 'Former panel', scopes: ['SYNC'] } })
    await history.admin('mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { apiKey { id } } }', { id: createApiKey.apiKey.id })
    await browser.open('/keys')
    await page.getByLabel('Status').selectOption('ACTIVE')
    await expect.poll(() => row('API keys', 'Former panel').count()).toBe(0)
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Scopes').selectOption('SYNC')
    await row('API keys', 'Former panel').waitFor()
    await expect.poll(() => row('API keys', 'Current panel').count()).toBe(0)

    await browser.open(`/customers/user_${GRACE.id}?tab=usage`)
    await page.getByRole('button', { name: 'Change a limit' }).click()
    await dialog().getByLabel('Resource').selectOption('SERVERS')
    await dialog().getByLabel('New limit').fill('7')
    await dialog().getByLabel('Reason').fill('A trial')
    await confirm('Change a limit')
    await row('Changed limits', 'A trial').getByRole('button', { name: 'Remove: A trial' }).click()
    await confirm('Remove')
    const overrides = page.getByRole('search', { name: 'Changed limits' })
    await overrides.getByLabel('Status').selectOption('IN_FORCE')
    await expect.poll(() => row('Changed limits', 'A trial').count()).toBe(0)
    await overrides.getByLabel('Status').selectOption('ENDED')
    await row('Changed limits', 'A trial').waitFor()

    await history.admin('mutation { upsertOrganisation(input: { id: "70", name: "Analytical Engines" }) { organisation { id } } }')
    const memberships = [ADA, GRACE].map(({ id }, index) => ({ organisationId: '70', userId: id, role: index === 0 ? 'OWNER' : 'MEMBER' }))
    const set = 'mutation ($input: SetMembershipsInput!) { setMemberships(input: $input) { memberships { role } } }'
    await history.admin(set, { input: { memberships } })
    await browser.open('/customers/org_70')
    const members = page.getByRole('search', { name: 'Members' })
    await members.getByLabel('Role').selectOption('MEMBER')
    await expect.poll(() => row('Members', ADA.name).count()).toBe(0)
    await row('Members', GRACE.name).waitFor()
    await members.getByLabel('Role').selectOption('')
    await row('Members', ADA.name).waitFor()
    expect(await browser.accessibilityProblems()).toEqual([])
  })

  test('sees that billing is disabled, and enables it', async () => {
    await browser.open('/settings')
    await page.getByRole('button', { name: 'Disable billing' }).click()
    await dialog('Disable billing: Billing').waitFor()
    await dialog().getByRole('button', { name: 'Disable billing' }).click()
    await page.getByRole('heading', { level: 1, name: 'Billing is disabled' }).waitFor()
    await page.goto(`${server.url}/admin/work`)
    await page.getByRole('heading', { level: 1, name: 'Billing is disabled' }).waitFor()
    expect(await browser.accessibilityProblems()).toEqual([])
    await page.getByRole('button', { name: 'Enable billing' }).click()
    await dialog('Enable billing: Billing').getByRole('button', { name: 'Enable billing' }).click()
    await page.getByRole('heading', { level: 1, name: 'Pending work' }).waitFor()
    expect((await history.admin('{ billingEnabled }')).billingEnabled).toBe(true)
  })

  test('has seen no error in the console', () => {
    expect(browser.problems).toEqual([])
    expect(browser.foreignRequests).toEqual([])
  })
})

/** Lets the time pass until the only delivery is given up, which takes three days and several attempts. */
async function failDelivery(): Promise<void> {
  const read = async () => (await history.admin('{ now webhookDeliveries { nodes { status attempts } } }')) as any
  for (let attempts = 0; ; ) {
    await expect.poll(async () => (await read()).webhookDeliveries.nodes[0].attempts).toBeGreaterThan(attempts)
    const { now, webhookDeliveries } = await read()
    const [delivery] = webhookDeliveries.nodes
    if (delivery.status === 'FAILED') return
    attempts = delivery.attempts
    const to = new Date(new Date(now).getTime() + 86_400_000).toISOString()
    await history.admin('mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
  }
}
