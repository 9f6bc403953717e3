import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { ask, type RunningServer, startProgram } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const RESPONSE = '.result-window'

let dataDir: string
let server: RunningServer
let browser: Browser
let page: Page
/** Id of the first order that the tour places. */
let firstOrder: string
const foreignRequests: string[] = []
const consoleErrors: string[] = []

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`Chromium not found at ${CHROMIUM}; install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`)
  }
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-browser-'))
  server = await startProgram({ DATA_DIR: dataDir })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
  page = await openExplorer()
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

async function openContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options })
  context.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) foreignRequests.push(request.url())
  })
  context.on('console', (message) => {
    // Error responses are logged too, but some tests cause them deliberately.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) consoleErrors.push(message.text())
  })
  context.on('weberror', (error) => consoleErrors.push(error.error().message))
  return context
}

/** Opens the explorer by the URL printed at the start, signed in as administrator of the demo. */
async function openExplorer({ context, path = '' }: { context?: BrowserContext; path?: string } = {}): Promise<Page> {
  const opened = await (context ?? (await openContext())).newPage()
  if (!(await issuesCustomerTokens())) {
    await opened.context().route('**/demo/customer-token', (route) => route.fulfill({ json: { token: server.customer } }))
  }
  await opened.goto(`${server.url}/graphql${path}#token=${server.administrator}`)
  await opened.locator('.graphiql-execute-button').waitFor()
  return opened
}

async function issuesCustomerTokens(): Promise<boolean> {
  const headers = { authorization: `Bearer ${server.administrator}` }
  return (await fetch(`${server.url}/demo/customer-token`, { method: 'POST', headers })).ok
}

async function open(title: string): Promise<void> {
  await page.getByRole('tab', { name: title }).click()
  await page.getByRole('tab', { name: title, selected: true }).waitFor()
}

interface StepRun {
  data: any
  variables: any
  sub: string
}

/** The name of the operation of a step: "2 Place order" contains PlaceOrder. */
function operationOf(title: string): string {
  return title.replace(/^\d+ /, '').replace(/ (\w)/g, (_all, letter: string) => letter.toUpperCase())
}

/** The id of the user who sends a request; empty for an anonymous one. */
function senderOf(request: Request): string {
  const [, claims = ''] = (request.headers().authorization ?? '').split('.')
  return claims ? JSON.parse(Buffer.from(claims, 'base64url').toString()).sub : ''
}

/**
 * Opens a step and runs it.
 * @returns the variables and the user of the request, and the data of the response
 */
async function run(title: string, { reopen = true } = {}): Promise<StepRun> {
  if (reopen) await open(title)
  // Wait until the editor contains the operation of this step.
  const operation = operationOf(title)
  await page.waitForFunction((name) => document.querySelector('.graphiql-query-editor')?.textContent?.includes(name), operation)
  const responded = page.waitForResponse(
    (response) => response.url().endsWith('/graphql') && (response.request().postData() ?? '').includes(`"operationName":"${operation}"`),
  )
  await page.locator('.graphiql-execute-button').click()
  const response = await responded
  const { data, errors } = await response.json()
  expect([title, errors]).toEqual([title, undefined])
  return { data, variables: JSON.parse(response.request().postData() ?? '{}').variables, sub: senderOf(response.request()) }
}

async function openLink(name: RegExp): Promise<string> {
  const link = page.getByRole('navigation', { name: 'Links in the response' }).getByRole('link', { name }).first()
  return (await link.getAttribute('href')) ?? ''
}

test('removes the token from the URL, keeps it for reloads of this tab only, and runs the first step', async () => {
  expect(page.url()).toBe(`${server.url}/graphql`)
  await page.waitForFunction((response) => document.querySelector(response)?.textContent?.includes('"Free"'), RESPONSE)
  expect(await page.content()).not.toContain(server.administrator)
  expect(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).not.toContain('eyJ')
  await page.reload()
  await page.getByRole('button', { name: 'Administrator' }).waitFor()
  const anonymous = await (await openContext()).newPage()
  await anonymous.goto(`${server.url}/graphql`)
  await anonymous.getByLabel('Token').waitFor()
  expect(await anonymous.getByRole('button', { name: 'Administrator' }).count()).toBe(0)
  await anonymous.context().close()
})

test('leads from the catalog to an invoice and a credit note, each step with results of earlier ones', async () => {
  expect((await run('1 Plans')).data.plans.map(({ name }: { name: string }) => name)).toContain('Pro')
  const placed = await run('2 Place order')
  const { order } = placed.data.placeOrder
  firstOrder = order.id
  expect([placed.sub, order.status]).toEqual(['55', 'PENDING'])
  const pending = await run('3 Pending orders')
  expect(pending.sub).toBe('1')
  expect(pending.data.allOrders.nodes.map(({ id }: { id: string }) => id)).toContain(order.id)

  const applied = await run('4 Apply plan')
  expect(applied.variables.input.orderId).toBe(order.id)
  expect(applied.data.applyPlan.order).toMatchObject({ id: order.id, status: 'ACTIVE' })
  const { invoice } = applied.data.applyPlan.order
  const { invoices } = (await run('5 My invoices')).data
  expect(invoices.nodes[0].number).toBe(invoice.number)

  const credited = await run('6 Credit invoice')
  expect(credited.variables.input.invoiceId).toBe(invoice.id)
  expect(credited.data.creditInvoice.creditNote.number).toMatch(/^CN-/)
  const cancelled = await run('7 Cancel plan')
  expect(cancelled.data.cancelPlan.cancelledOrders).toMatchObject([{ id: order.id }])
})

test('lists the URLs of a response as links', async () => {
  await run('5 My invoices')
  const href = await openLink(/^INV-.* pdfUrl$/)
  // Chromium's PDF viewer exposes no text, so fetch the file with the cookies and headers of the page.
  const pdf = await page.context().request.get(href)
  expect(pdf.headers()['content-type']).toBe('application/pdf')
  expect((await readPdf(await pdf.body())).text).toContain('INV-')
})

test('continues with the sandbox checkout: payment, plan change, refund', async () => {
  await run('8 Checkout')
  const popup = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'createCheckout.checkoutUrl' }).click()
  const checkout = await popup
  expect(await checkout.locator('main').innerText()).toContain('$15.00')
  await checkout.getByRole('button', { name: 'Decline the card' }).click()
  expect(await checkout.getByRole('alert').innerText()).toContain('declined')
  await checkout.getByRole('button', { name: 'Pay $15.00' }).click()
  await checkout.waitForURL(`${server.url}/graphql?step=MyPlan`)
  // The page after the checkout is signed in too and shows the result.
  await checkout.getByRole('tab', { name: '9 My plan', selected: true }).waitFor()
  await checkout.getByRole('button', { name: 'Administrator' }).waitFor()
  await checkout.close()

  // The provider reports the subscription and its payment separately.
  const statuses = async () => {
    const { subscription, orders } = (await run('9 My plan')).data
    return [subscription?.status, orders.nodes[0]?.status]
  }
  await expect.poll(statuses, { timeout: 30_000, interval: 500 }).toEqual(['ACTIVE', 'ACTIVE'])
  const { me, orders } = (await run('9 My plan')).data
  expect([me.currentPlan.name, orders.nodes[0].status]).toEqual(['Pro', 'ACTIVE'])
  expect((await run('10 Change preview')).data.changePlanPreview.dueNow.formatted).toBe('$0.00')
  const refunded = await run('11 Refund')
  expect(refunded.variables.input.orderId).toBe(orders.nodes[0].id)
  const { refund } = refunded.data.requestRefund
  expect(refund).toMatchObject({ amount: { formatted: '$15.00' }, eligibility: { type: 'FULL', daysSincePurchase: 0 } })
  const creditNote = await page.context().request.get(refund.creditNotes[0].pdfUrl)
  expect((await readPdf(await creditNote.body())).text).toContain('Credit note')
})

test('states what a step requires while the result is missing', async () => {
  await open('11 Refund')
  expect(await page.getByRole('region', { name: 'About this step' }).innerText()).toContain('pay in step 8')
})

test('claims a server, shows the usage, and shows a running subscription and its results', async () => {
  expect((await run('12 Claim server')).data.claimServer.claim.externalId).toBe('server-1')
  expect((await run('13 Usage')).data.usage[0]).toMatchObject({ resource: 'SERVERS', used: 1, limit: 1 })
  await open('14 Limits changed')
  await page.locator('.graphiql-execute-button').click()
  await page.getByRole('status').getByText('Listening').waitFor()
  await page.getByRole('button', { name: 'Change the plan now' }).click()
  await page.waitForFunction((response) => document.querySelector(response)?.textContent?.includes('"Starter"'), RESPONSE)
  await page.locator('.graphiql-execute-button').click()
  await page.getByRole('status').waitFor({ state: 'detached' })
})

test('runs a step as the selected identity, even if the step suggests another one', async () => {
  const runAs = async (identity: string) => {
    await page.getByRole('button', { name: identity, exact: true }).click()
    return run('5 My invoices', { reopen: false })
  }
  await open('5 My invoices')
  expect(await page.getByRole('button', { name: 'Customer' }).getAttribute('aria-pressed')).toBe('true')
  expect(await runAs('Administrator')).toMatchObject({ sub: '1', data: { me: { name: 'Grace Hopper' } } })
  expect(await runAs('Customer')).toMatchObject({ sub: '55', data: { me: { name: 'Ada Lovelace' } } })
  await open('3 Pending orders')
  expect(await page.getByRole('button', { name: 'Administrator' }).getAttribute('aria-pressed')).toBe('true')
})

test('switches the identity in every step', async () => {
  const identities = [
    ['Administrator', '1'],
    ['Customer', '55'],
    ['Administrator', '1'],
  ] as const
  const opened = await openExplorer({ context: await openContext() })
  // Nothing is executed, so that the other tests find the data that they expect.
  await opened.route('**/graphql', (route) => route.fulfill({ json: { data: null } }))
  const ended = { contentType: 'text/event-stream', body: 'event: complete\ndata: \n\n' }
  await opened.route('**/graphql/stream', (route) => route.fulfill(ended))
  const titles = (await opened.getByRole('tab').allInnerTexts()).map((text) => text.trim())
  expect(titles.length).toBeGreaterThan(10)
  for (const title of titles) {
    await opened.getByRole('tab', { name: title }).click()
    const operation = operationOf(title)
    await opened.waitForFunction((name) => document.querySelector('.graphiql-query-editor')?.textContent?.includes(name), operation)
    for (const [identity, user] of identities) {
      const button = opened.getByRole('button', { name: identity, exact: true })
      await button.click()
      expect([title, identity, await button.getAttribute('aria-pressed')]).toEqual([title, identity, 'true'])
      const sent = opened.waitForRequest((request) =>
        new RegExp(`(query|mutation|subscription) ${operation}\\b`).test(request.postData() ?? ''),
      )
      await opened.locator('.graphiql-execute-button[aria-label^="Execute"]').click()
      expect([title, identity, senderOf(await sent)]).toEqual([title, identity, user])
    }
  }
  await opened.context().close()
})

test('keeps manual changes to the variables of a step', async () => {
  await open('7 Cancel plan')
  const editor = page.locator('.graphiql-editor-tool .monaco-editor').first()
  await editor.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('{ "input": { "userId": "1" } }')
  await page.waitForTimeout(500)
  await open('1 Plans')
  await open('7 Cancel plan')
  await page.waitForFunction(() => document.querySelector('.graphiql-editor-tool')?.textContent?.includes('"1"'))
  const text = (await editor.innerText()).replaceAll('\u00a0', ' ')
  expect(text).toContain('"userId": "1"')
  expect(text).not.toContain('Asked to leave')
})

test('advances the clock by one month, and resets it together with the demo', async () => {
  const now = async () => new Date((await ask(server, server.administrator, '{ now }')).data.now)
  const before = await now()
  const clockRead = page.waitForResponse((response) => (response.request().postData() ?? '').includes('query Now'))
  await open('15 Advance clock')
  await clockRead
  const { advanceClock } = (await run('15 Advance clock')).data
  expect(new Date(advanceClock.now).getTime() - before.getTime()).toBeGreaterThan(27 * 86_400_000)
  expect((await now()).getTime()).toBeGreaterThanOrEqual(new Date(advanceClock.now).getTime())

  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: 'Reset the demo' }).click()
  await page.getByRole('tab', { name: '1 Plans', selected: true }).waitFor({ timeout: 60_000 })
  expect((await now()).getTime() - before.getTime()).toBeLessThan(3_600_000)
  const { data } = await ask(server, server.administrator, '{ allOrders(first: 50) { totalCount } }')
  expect(data.allOrders.totalCount).toBe(3)
  // The tour can be repeated.
  expect((await run('2 Place order')).data.placeOrder.order.id).toBe(firstOrder)
  expect((await run('4 Apply plan')).variables.input.orderId).toBe(firstOrder)
})

/** Opens a step that advances the clock, and runs it when its variables have the server's time. */
async function advance(title: string): Promise<void> {
  const clockRead = page.waitForResponse((response) => (response.request().postData() ?? '').includes('query Now'))
  await open(title)
  await clockRead
  await run(title)
}

test('leads through a year of renewals by invoice, paid and unpaid', async () => {
  const renewals = async () => (await run('16 Renewals')).data
  const status = async () => (await renewals()).subscription?.status
  const eventually = { timeout: 30_000, interval: 500 }

  await advance('15 Advance clock')
  await expect.poll(status, eventually).toBe('PAST_DUE')
  const [due] = (await renewals()).me.invoices.nodes
  const paid = await run('17 Record payment')
  expect(paid.variables.input).toMatchObject({ invoiceId: due.id, amount: 12 * 1500 })
  expect(paid.data.recordPayment.invoice).toEqual({ number: due.number, status: 'PAID' })
  expect(await status()).toBe('ACTIVE')

  await advance('18 Advance year')
  await expect.poll(status, eventually).toBe('PAST_DUE')
  const { me } = await renewals()
  const statuses = me.invoices.nodes.map((invoice: { status: string }) => invoice.status)
  expect(statuses.slice(0, 13)).toEqual(['OPEN', ...Array.from({ length: 12 }, () => 'PAID')])

  await advance('19 Advance week')
  await expect.poll(status, eventually).toBe('UNPAID')
  expect(await renewals()).toMatchObject({ subscription: { suspendedReason: 'OVERDUE' }, me: { currentPlan: { name: 'Free' } } })
  for (let week = 2; week <= 5; week += 1) await advance('19 Advance week')
  await expect.poll(status, eventually).toBeUndefined()
  const ended = (await renewals()).me
  expect([ended.orders.nodes[0].status, ended.invoices.nodes[0].creditNotes.length]).toEqual(['EXPIRED', 1])
})

test('has landmarks, and shows only the token field without a demo', async () => {
  for (const role of ['banner', 'main'] as const) expect(await page.getByRole(role).count()).toBe(1)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Quittance')
  const context = await openContext()
  await context.route('**/demo/customer-token', (route) => route.fulfill({ status: 404, json: { error: 'not_found' } }))
  const other = await context.newPage()
  await other.goto(`${server.url}/graphql#token=${server.administrator}`)
  await other.getByLabel('Token').waitFor()
  expect(await other.getByRole('button', { name: 'Reset the demo' }).count()).toBe(0)
  // The page opens the first step and runs it.
  await other.waitForFunction((response) => document.querySelector(response)?.textContent?.includes('"Free"'), RESPONSE)
  await other.getByRole('tab', { name: '3 Pending orders' }).click()
  await other.locator('.graphiql-execute-button').click()
  await other.waitForFunction((response) => document.querySelector(response)?.textContent?.includes('totalCount'), RESPONSE)
  await context.close()
})

test('opens the checkout of the plan of an upgrade link, and runs nothing', async () => {
  const upgrade = await openExplorer({ context: await openContext(), path: '?upgrade=starter' })
  await upgrade.getByRole('tab', { name: 'Checkout', selected: true }).waitFor()
  await upgrade.waitForFunction(() => document.body.textContent?.replaceAll('\u00a0', ' ').includes('"plan": "starter"'))
  expect((await upgrade.locator(RESPONSE).innerText()).trim()).toBe('')
  await upgrade.context().close()
})

/** Lists our elements and GraphiQL's buttons outside the window. Scrolling lists may be longer. */
function elementsOutside(opened: Page): Promise<string[]> {
  return opened.evaluate(() => {
    const elements = document.querySelectorAll(
      'header, header *, .steps, main, main > section *, .graphiql-execute-button, .response-links',
    )
    return [...elements].flatMap((element) => {
      const { left, right, top, bottom, width } = element.getBoundingClientRect()
      const isInside = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5
      return width === 0 || isInside ? [] : [`${element.tagName} ${element.className}`]
    })
  })
}

test('fits into 1280 pixels: no element outside, no hidden step, no line under the buttons', async () => {
  for (const title of await page.getByRole('tab').allInnerTexts()) {
    await open(title)
    expect([title, await elementsOutside(page)]).toEqual([title, []])
    await expect.poll(() => page.locator('.graphiql-query-editor .view-line').count()).toBeGreaterThan(1)
    const overlap = await page.evaluate(() => {
      const toolbar = document.querySelector('.graphiql-toolbar')?.getBoundingClientRect().left ?? 0
      const lines = document.querySelectorAll('.graphiql-query-editor .view-line > span')
      return [...lines].filter((line) => line.getBoundingClientRect().right > toolbar).map((line) => line.textContent)
    })
    expect([title, overlap]).toEqual([title, []])
  }
  const last = await page.getByRole('tab').last().boundingBox()
  expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(720)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280)
})

test('uses dark colours for bar, steps and editors in dark mode', async () => {
  const dark = await openExplorer({ context: await openContext({ colorScheme: 'dark' }) })
  const brightness = await dark.evaluate(() =>
    ['header', '.steps', '.note', '.graphiql-container'].map((selector) => {
      const [red = 255, green = 255, blue = 255] = (
        getComputedStyle(document.querySelector(selector) ?? document.body).backgroundColor.match(/[\d.]+/g) ?? []
      ).map(Number)
      return Math.max(red, green, blue)
    }),
  )
  for (const value of brightness) expect(value).toBeLessThan(100)
  await dark.context().close()
})

test('leaves most of the screen of a phone to the editors', async () => {
  const phone = await openExplorer({ context: await openContext({ viewport: { width: 390, height: 844 } }) })
  expect(await elementsOutside(phone)).toEqual([])
  const bar = await phone.getByRole('banner').boundingBox()
  const editors = await phone.locator('.editors').boundingBox()
  expect(bar?.height).toBeLessThan(60)
  expect(editors?.height).toBeGreaterThan(600)
  await phone.context().close()
})

test('runs a route on the page of the REST APIs', async () => {
  const docs = await (await openContext()).newPage()
  await docs.goto(`${server.url}/api/docs`)
  await docs.locator('#operations-EcliPanel-get_api_plans').getByRole('button').first().click()
  const responded = docs.waitForResponse((response) => response.url() === `${server.url}/api/plans`)
  await docs.getByRole('button', { name: 'Execute' }).click()
  expect(((await (await responded).json()) as { name: string }[]).map(({ name }) => name)).toContain('Starter')
  await docs.waitForFunction(() => document.querySelector('.live-responses-table')?.textContent?.includes('"Starter"'))
  await docs.context().close()
})

test('requests nothing from other hosts and violates no content security policy', () => {
  expect(foreignRequests).toEqual([])
  expect(consoleErrors).toEqual([])
})
