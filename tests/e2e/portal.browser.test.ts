import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.js'
import { ask, type RunningServer, startProgram } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
/** With it, the pictures of the documentation are written again. */
const WRITES_SCREENSHOTS = process.env.WRITE_SCREENSHOTS === '1'
const SCREENSHOTS = 'docs/pages'
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** The parts of the portal without parameters. */
const PARTS = ['', '/plans', '/invoices', '/balance', '/billing', '/cancel', '/withdraw']

let dataDir: string
let server: RunningServer
let browser: Browser
const problems: string[] = []
const foreignRequests: string[] = []

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`Chromium not found at ${CHROMIUM}; install it (Debian: apt-get install chromium)`)
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-portal-'))
  server = await startProgram({ DATA_DIR: dataDir })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
  const methods = [
    {
      slug: 'bank-transfer',
      name: 'Bank transfer',
      iban: 'DE89370400440532013000',
      bic: 'COBADEFFXXX',
      instructions: 'Reference: {invoice}',
    },
  ]
  await admin(
    'mutation ($methods: [ManualPaymentMethodInput!]!) { setPaymentMethods(input: { methods: $methods }) { methods { slug } } }',
    { methods },
  )
  await admin('mutation { upsertUser(input: { id: "77", name: "Mary Somerville", email: "mary@example.com" }) { user { id } } }')
  if (WRITES_SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true })
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

async function admin(query: string, variables?: object): Promise<any> {
  const { data, errors } = await ask(server, server.administrator, query, variables)
  expect(errors).toBeUndefined()
  return data
}

async function createLink(userId: string, input: object = {}): Promise<string> {
  const CREATE = 'mutation ($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url } }'
  return (await admin(CREATE, { input: { userId, ...input } })).createPortalSession.url
}

async function openContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...options })
  context.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) foreignRequests.push(request.url())
  })
  // Violations of the Content-Security-Policy are errors of the console.
  context.on(
    'console',
    (message) => ['error', 'warning'].includes(message.type()) && problems.push(`${message.text()} ${message.location().url}`),
  )
  context.on('weberror', (error) => problems.push(error.error().message))
  return context
}

/** Signs a user in by a link, in a browser of its own. */
async function signIn(userId: string, options: BrowserContextOptions = {}, input: object = {}): Promise<Page> {
  const page = await (await openContext(options)).newPage()
  await page.goto(await createLink(userId, input))
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForURL(/\/portal(\?|$|\/(?!session))/)
  await ready(page)
  return page
}

/** Waits until nothing is loading. */
async function ready(page: Page): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.waitForFunction(() => !document.querySelector('main .mantine-Skeleton-root'))
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${server.url}/portal${path}`)
  await ready(page)
}

async function screenshot(page: Page, name: string): Promise<void> {
  if (!WRITES_SCREENSHOTS) return
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
}

/** The serious problems that axe finds. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run(document)')) as { violations: any[] }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }: any) => `${id}: ${html.slice(0, 150)} ${failureSummary.slice(0, 300)}`),
    )
}

describe('a customer', () => {
  let page: Page
  beforeAll(async () => {
    page = await signIn('77')
  })
  afterAll(() => page?.context().close())

  test('is signed in by a link, whose token does not stay in the address', async () => {
    expect(page.url()).toBe(`${server.url}/portal`)
    expect(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('session')
    await page.goBack()
    expect(page.url()).not.toContain('/session/')
    await open(page, '')
    expect(await page.getByText('Mary Somerville').count()).toBeGreaterThan(0)
  })

  test('buys a plan', async () => {
    await page.getByRole('link', { name: 'Choose a plan' }).click()
    await page.getByRole('button', { name: 'Choose Starter' }).click()
    const dialog = page.getByRole('dialog', { name: 'Order Starter' })
    await dialog.getByText('Total').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await screenshot(page, 'portal-order')
    await dialog.getByRole('button', { name: 'Order with obligation to pay' }).click()
    await page.waitForURL(/\/sandbox\/checkout\//)
    await screenshot(page, 'sandbox-checkout')
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: /^Pay .*5\.00/ }).click()
    await page.getByText('Renews on').waitFor()
    expect(await page.getByText('Thank you for your payment').count()).toBe(1)
    expect(await page.getByRole('region', { name: 'Your plan' }).getByText('Starter').count()).toBe(1)
  })

  test("changes the card on the payment provider's page", async () => {
    await open(page, '')
    await page.getByRole('button', { name: 'Change payment method' }).click()
    await page.waitForURL(/\/sandbox\//)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
  })

  test('changes the plan after a preview', async () => {
    await open(page, '/plans')
    await page.getByRole('button', { name: 'Change to Pro' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change to Pro' })
    await dialog.getByText('Due now').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await screenshot(page, 'portal-change')
    await dialog.getByRole('button', { name: 'Change with obligation to pay' }).click()
    await page.getByRole('region', { name: 'Your plan' }).getByText('Pro', { exact: true }).waitFor()
  })

  test('downloads an invoice', async () => {
    await open(page, '/invoices')
    const link = page.getByRole('link', { name: /^PDF / }).first()
    const response = await page.request.get((await link.getAttribute('href')) ?? '')
    expect((await response.body()).subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('tops the balance up', async () => {
    await open(page, '/balance')
    await page.getByLabel('Amount in USD').fill('abc')
    await page.getByRole('button', { name: 'Continue to payment' }).click()
    await page.getByText('Enter an amount, such as 25.00.').waitFor()
    await page.getByLabel('Amount in USD').fill('25,00')
    await page.getByRole('button', { name: 'Continue to payment' }).click()
    await page.getByRole('button', { name: /^Pay .*25\.00/ }).click()
    await page.waitForURL(/\/portal\/balance/)
    await expect
      .poll(async () => {
        await open(page, '/balance')
        return page.getByText('US$25.00').count()
      })
      .toBeGreaterThan(0)
    await screenshot(page, 'portal-balance')
  })

  test('states billing details, and sees what is wrong with them', async () => {
    await open(page, '/billing')
    await page.getByLabel('Country').selectOption('DE')
    await page.getByLabel('VAT ID').fill('DE123456789')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: 'taxId' }).waitFor()
    await page.getByLabel('VAT ID').fill('')
    await page.getByLabel('City').fill('Berlin')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    await open(page, '/billing')
    expect(await page.getByLabel('City').inputValue()).toBe('Berlin')
  })

  test('cancels, saves the confirmation, and resumes', async () => {
    await open(page, '')
    await page.getByRole('link', { name: 'Cancel contracts here' }).click()
    await page.getByLabel(/^Ordinary cancellation/).waitFor()
    await page.getByRole('button', { name: 'Cancel now' }).click()
    await page.getByText('Your contract is cancelled').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save this confirmation' }).click()
    const saved = await readFile(await (await download).path(), 'utf8')
    expect(saved).toMatch(
      /Example Hosting Ltd\r\nMary Somerville\r\n\r\nYour contract is cancelled\r\nPro ends on .*\r\nWe have received .*\r\n\r\nContract: Pro \(sub_\d+\)\r\nKind of cancellation: Ordinary/,
    )
    await open(page, '')
    await page.getByText(/^Ends on/).waitFor()
    await page.getByRole('button', { name: 'Undo the cancellation' }).click()
    await page.getByText(/^Renews on/).waitFor()
  })

  test("opens the payment provider's page once for each press, not again after a change", async () => {
    await open(page, '/cancel')
    await page.getByRole('button', { name: 'Cancel now' }).click()
    await page.getByText('Your contract is cancelled').waitFor()
    await open(page, '')
    const requests: string[] = []
    const opened: string[] = []
    page.on('request', (request) => request.postData()?.includes('customerPortalUrl') && requests.push(request.url()))
    // The browser stays on the page when a response has no content.
    await page.route('**/sandbox/**', (route) => {
      opened.push(route.request().url())
      return route.fulfill({ status: 204 })
    })
    await page.getByRole('button', { name: 'Change payment method' }).click()
    await expect.poll(() => opened.length).toBe(1)
    await page.getByRole('button', { name: 'Undo the cancellation' }).click()
    await page.getByText(/^Renews on/).waitFor()
    expect([requests.length, opened.length]).toEqual([1, 1])
    await page.getByRole('button', { name: 'Change payment method' }).click()
    await expect.poll(() => opened.length).toBe(2)
    expect(requests.length).toBe(2)
    await page.unroute('**/sandbox/**')
  })

  test('withdraws, and gets the money back', async () => {
    await page.getByRole('link', { name: 'Withdraw from contract here' }).click()
    await page.getByText(/You get back/).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Confirm withdrawal' }).click()
    await page.getByText('We have received your withdrawal').waitFor()
    await open(page, '')
    expect(await page.getByRole('region', { name: 'Your plan' }).getByText('Free', { exact: true }).count()).toBeGreaterThan(0)
  })

  const grantPro = async () => {
    const { plans }: { plans: { id: string; slug: string }[] } = await admin('{ plans { id slug } }')
    const pro = plans.find(({ slug }) => slug === 'pro')
    const input = { userId: '77', planId: pro?.id, amount: 0 }
    await admin('mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input })
  }

  test('withdraws from a plan that was free', async () => {
    await grantPro()
    await open(page, '/withdraw')
    await page.getByText('There is nothing to pay back').waitFor()
    await page.getByRole('button', { name: 'Confirm withdrawal' }).click()
    await page.getByText('We have received your withdrawal').waitFor()
    await open(page, '/withdraw')
    await page.getByText('You have no contract from which you can withdraw.').waitFor()
  })

  test('cancels for a reason, also after an ordinary cancellation', async () => {
    await grantPro()
    await open(page, '/cancel')
    await page.getByRole('button', { name: 'Cancel now' }).click()
    await page.getByText('Your contract is cancelled').waitFor()
    await open(page, '/cancel')
    await page.getByText(/^Pro ends on/).waitFor()
    await page.getByLabel('Reason').fill('The server was down for a week.')
    await page.getByText('at once', { exact: true }).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await screenshot(page, 'portal-cancel-for-a-reason')
    await page.getByRole('button', { name: 'Cancel now' }).click()
    await page.getByText('Your contract is cancelled').waitFor()
    await open(page, '/cancel')
    await page.getByText('You have no contract that can be cancelled.').waitFor()
  })

  test('signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
  })
})

describe('a customer with invoices to pay', () => {
  let page: Page
  beforeAll(async () => {
    page = await signIn('55')
  })
  afterAll(() => page?.context().close())

  test('has no serious accessibility problem in any part, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const part of PARTS) {
        await open(page, part)
        expect([colorScheme, part, await accessibilityProblems(page)]).toEqual([colorScheme, part, []])
        await screenshot(page, `portal${part.replace('/', '-') || '-overview'}-${colorScheme}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test.each([360, 768, 1920])('never scrolls sideways at %i px', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    for (const part of PARTS) {
      await open(page, part)
      expect([part, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([part, width])
      if (width === 360) await screenshot(page, `portal${part.replace('/', '-') || '-overview'}-360`)
    }
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  test('reads every part in four languages', async () => {
    const titles: string[] = []
    for (const language of LANGUAGES) {
      await open(page, '')
      await page.locator('select').filter({ hasText: 'Deutsch' }).selectOption(language)
      await page.locator(`html[lang=${language}]`).waitFor()
      for (const part of PARTS) {
        await page.goto(`${server.url}/portal${part}`)
        await ready(page)
        titles.push(await page.locator('main h1').innerText())
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280)
      }
      if (language === 'de') await screenshot(page, 'portal-withdraw-de')
    }
    expect(new Set(titles).size).toBeGreaterThan(PARTS.length * 3)
    await page.locator('select').filter({ hasText: 'Deutsch' }).selectOption('en')
    await page.locator('html[lang=en]').waitFor()
  })

  test('uses the portal with the keyboard only', async () => {
    await open(page, '')
    await page.keyboard.press('Tab')
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    expect(await focused()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    // The order that the demo has left open.
    expect(await focused()).toBe('Pay')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Change plan')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/plans$/)
    await ready(page)
    // The focus is at the start of the new part.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    expect(await page.evaluate(() => document.querySelector('[role=dialog]')?.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    await page.setViewportSize({ width: 360, height: 800 })
    const menu = page.getByRole('button', { name: 'Menu' })
    expect(await menu.getAttribute('aria-expanded')).toBe('false')
    await menu.press('Enter')
    await page.getByRole('link', { name: 'Invoices' }).press('Enter')
    await page.waitForURL(/\/invoices$/)
    await expect.poll(() => menu.getAttribute('aria-expanded')).toBe('false')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  test('orders by transfer, and reports the payment', async () => {
    await open(page, '/invoices')
    await page.getByRole('region', { name: 'Waiting for payment' }).getByRole('link', { name: 'Pay' }).first().click()
    await page.getByText('DE89 3704 0044 0532 0130 00').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByText('Cancelled').waitFor()
  })

  test('is reminded of an invoice, pays it, and sees that it is paid', async () => {
    const { now } = await admin('{ now }')
    await admin('mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', {
      to: new Date(Date.parse(now) + 32 * 86_400_000).toISOString(),
    })
    // A job makes the renewal.
    await expect
      .poll(async () => {
        await open(page, '')
        return page.getByText(/invoice of .* is open/).count()
      })
      .toBe(1)
    expect(await accessibilityProblems(page)).toEqual([])
    await screenshot(page, 'portal-reminder')
    await page.getByRole('link', { name: 'Pay' }).click()
    await page.getByText('DE89 3704 0044 0532 0130 00').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByLabel('Reference of your payment').fill('TRANSFER 4711')
    await screenshot(page, 'portal-pay')
    await page.getByRole('button', { name: 'I have paid' }).click()
    await page.getByText('Being checked').waitFor()
    const reported = await admin('{ allReportedPayments(first: 1, filter: { status: REPORTED }) { nodes { id reference } } }')
    const [{ id, reference }] = reported.allReportedPayments.nodes
    expect(reference).toBe('TRANSFER 4711')
    await admin('mutation ($id: ID!) { confirmReportedPayment(input: { id: $id }) { reportedPayment { status } } }', { id })
    await page.reload()
    await page.getByText('Nothing is due.').waitFor()
    await open(page, '/invoices')
    expect(await page.getByText('Overdue').count()).toBe(0)
  })

  test('stays signed in although the clock of billing was moved', async () => {
    await open(page, '')
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(1)
  })
})

test('an owner switches to the organisation', async () => {
  await admin('mutation { upsertOrganisation(input: { id: "70", name: "Somerville Ltd" }) { organisation { id } } }')
  await admin('mutation { setMembership(input: { organisationId: "70", userId: "77", role: OWNER }) { membership { role } } }')
  const page = await signIn('77', {}, { organisationId: '70', returnPath: '/portal/plans' })
  expect(new URL(page.url()).search).toBe('?organisation=org_70')
  expect(await page.getByLabel('Account').locator('option:checked').innerText()).toBe('Somerville Ltd')
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('Somerville Ltd').last().waitFor()
  expect(new URL(page.url()).search).toBe('?organisation=org_70')
  await page.getByLabel('Account').selectOption('Mary Somerville')
  await page.waitForURL(`${server.url}/portal`)
  await page.context().close()
})

test('a link of a mail signs in when its button is pressed, because programs open it as well', async () => {
  const url = await createLink('77')
  const context = await openContext()
  const page = await context.newPage()
  // The server states that the link needs a button.
  await page.route('**/portal/session/*', async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace('&#34;needsButton&#34;:false', '&#34;needsButton&#34;:true')
    await route.fulfill({ response, body })
  })
  await page.goto(url)
  const button = page.getByRole('button', { name: 'Sign in' })
  await button.waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await screenshot(page, 'portal-sign-in')
  expect(page.url()).toBe(url)
  await button.click()
  await page.waitForURL(`${server.url}/portal`)
  await context.close()
})

test('the demo prints links that work once', async () => {
  const [, url = ''] = await server.until(/Portal\s+(\S+)/)
  const context = await openContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForURL(`${server.url}/portal`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  // The same browser may use it again.
  await page.goto(url)
  await page.waitForURL(`${server.url}/portal`)
  await context.close()
  const other = await (await openContext()).newPage()
  await other.goto(url)
  await other.getByRole('heading', { name: 'This link was used before' }).waitFor()
  expect(await accessibilityProblems(other)).toEqual([])
  await other.context().close()
})

test('a token in the fragment signs in this tab only', async () => {
  const context = await openContext()
  const page = await context.newPage()
  await page.goto(`${server.url}/portal#token=${server.customer}`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(page.url()).toBe(`${server.url}/portal`)
  const second = await context.newPage()
  await second.goto(`${server.url}/portal`)
  await second.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await context.close()
})

test("the panel's cookie signs in, and the page says that only the panel signs out", async () => {
  const context = await openContext()
  await context.addCookies([{ name: 'session', value: server.customer, url: server.url }])
  const page = await context.newPage()
  await open(page, '')
  expect(await page.getByText(/^You are signed in through your account at/).count()).toBe(1)
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  // A session of the portal comes first, and ends without the panel's.
  await page.goto(await createLink('77'))
  await page.waitForURL(`${server.url}/portal`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText(/^You are signed in through your account at/).waitFor()
  expect(await page.getByText('Mary Somerville').count()).toBe(0)
  await context.close()
})

test('no page loads anything from another host, or violates its policy', () => {
  // An expired link is answered with 410, a signed-out visitor with 401.
  expect(problems.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([])
  expect(foreignRequests).toEqual([])
})
