import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { ask, type RunningServer, startProgram } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let dataDir: string
let server: RunningServer
let browser: Browser
let page: Page
const foreign: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`There is no browser at ${CHROMIUM}: install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH`)
  }
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-browser-'))
  server = await startProgram({ DATA_DIR: dataDir })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${server.url}/graphql`)
  await page.waitForSelector('.graphiql-execute-button')
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  await rm(dataDir, { recursive: true, force: true })
})

/** Opens a tab of the explorer, presses Run and reads the answer from the wire. */
async function run(tab: string): Promise<any> {
  await page.getByRole('tab', { name: tab }).click()
  await page.waitForTimeout(300)
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/graphql') && (response.request().postData() ?? '').includes(`"operationName":"${tab}"`),
  )
  await page.locator('.graphiql-execute-button').click()
  const { data, errors } = await (await answered).json()
  expect(errors).toBeUndefined()
  return data
}

test('the tabs of the explorer, run as they stand, lead from the catalogue to an invoice in the hand', async () => {
  expect((await run('Plans')).plans).toHaveLength(5)
  expect((await run('PlaceOrder')).placeOrder.order.status).toBe('PENDING')
  expect((await run('Waiting')).allOrders.totalCount).toBe(2)
  const { order } = (await run('ApplyPlan')).applyPlan
  expect(order.status).toBe('ACTIVE')
  const { invoices } = await run('MyInvoices')
  expect(invoices.nodes[0].number).toBe(order.invoice.number)
  // Chromium opens a PDF in a viewer of its own, which has no text to read: so the bytes are fetched by the page's context.
  const opened = await page.context().request.get(invoices.nodes[0].pdfUrl)
  expect(opened.headers()['content-type']).toBe('application/pdf')
  expect((await readPdf(await opened.body())).text).toContain(order.invoice.number)
  expect((await run('CreditInvoice')).creditInvoice.creditNote.number).toMatch(/^CN-/)
  expect((await run('CancelPlan')).cancelPlan.cancelledOrders).toHaveLength(1)
})

test('and on: sandbox checkout, paid, plan active, invoice, refund, credit note, in the browser', async () => {
  const { checkoutUrl } = (await run('Checkout')).createCheckout
  const checkout = await browser.newPage()
  await checkout.goto(checkoutUrl)
  expect(await checkout.locator('main').innerText()).toContain('$15.00')
  await checkout.getByRole('button', { name: 'Decline the card' }).click()
  expect(await checkout.getByRole('alert').innerText()).toContain('declined')
  await checkout.getByRole('button', { name: 'Pay $15.00' }).click()
  await checkout.waitForURL(`${server.url}/graphql`)
  await checkout.close()
  const status = async () => (await run('MyPlan')).orders.nodes[0].status
  await expect.poll(status, { timeout: 20_000, interval: 500 }).toBe('ACTIVE')
  const { me, subscription, orders } = await run('MyPlan')
  expect(me.currentPlan.name).toBe('Pro')
  expect(subscription.status).toBe('ACTIVE')
  expect(orders.nodes[0]).toMatchObject({ id: '106', status: 'ACTIVE', invoice: { amount: { formatted: '$15.00' } } })
  expect((await run('ChangePreview')).changePlanPreview.dueNow.formatted).toBe('$0.00')
  const { refund } = (await run('Refund')).requestRefund
  expect(refund).toMatchObject({ amount: { formatted: '$15.00' }, eligibility: { type: 'FULL', daysSincePurchase: 0 } })
  const creditNote = await page.context().request.get(refund.creditNotePdfUrl)
  expect((await readPdf(await creditNote.body())).text).toContain('Credit note')
  expect((await run('MyPlan')).me.currentPlan.name).toBe('Free')
  expect((await run('AdvanceClock')).advanceClock).toMatch(/^2030-01-01/)
})

test('and what a panel does: a server is claimed, the customer sees it, and hears at once of another plan', async () => {
  expect((await run('ClaimServer')).claimServer.claim.externalId).toBe('server-1')
  expect((await run('Usage')).usage[0]).toMatchObject({ resource: 'SERVERS', used: 1, limit: 1 })
  await page.getByRole('tab', { name: 'LimitsChanged' }).click()
  const stream = page.waitForRequest((request) => request.url().endsWith('/graphql/stream'))
  await page.locator('.graphiql-execute-button').click()
  await stream
  const apply = () => ask(server, server.administrator, 'mutation { applyPlan(input: {userId: 55, planId: 2}) { success } }')
  expect((await apply()).errors).toBeUndefined()
  await page.waitForFunction(() => document.querySelector('.result-window')?.textContent?.includes('"Starter"'))
  await page.locator('.graphiql-execute-button').click()
})

test('a link to an upgrade opens the checkout of its plan', async () => {
  const upgrade = await browser.newPage()
  await upgrade.goto(`${server.url}/graphql?upgrade=starter`)
  await upgrade.getByRole('tab', { name: 'Checkout', selected: true }).waitFor()
  await upgrade.waitForFunction(() => document.body.textContent?.replaceAll('\u00a0', ' ').includes('"plan": "starter"'))
  await upgrade.close()
})

test('the page of the REST APIs runs a route', async () => {
  const docs = await browser.newPage()
  const foreignThere: string[] = []
  docs.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreignThere.push(request.url())
  })
  await docs.goto(`${server.url}/api/docs`)
  await docs.locator('#operations-EcliPanel-get_api_plans').getByRole('button').first().click()
  const answered = docs.waitForResponse((response) => response.url() === `${server.url}/api/plans`)
  await docs.getByRole('button', { name: 'Execute' }).click()
  expect(((await (await answered).json()) as { name: string }[]).map(({ name }) => name)).toContain('Starter')
  await docs.waitForFunction(() => document.querySelector('.live-responses-table')?.textContent?.includes('"Starter"'))
  expect(foreignThere).toEqual([])
  await docs.close()
})

test("the answer is shown, the token field is filled, and nothing was asked of another host or refused by the page's policy", async () => {
  await run('Plans')
  await page.waitForFunction(() => document.querySelector('.result-window')?.textContent?.includes('Free'))
  const [, claims = ''] = (await page.locator('#token').inputValue()).split('.')
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: '55', role: 'user' })
  expect(foreign).toEqual([])
  expect(complaints).toEqual([])
})
