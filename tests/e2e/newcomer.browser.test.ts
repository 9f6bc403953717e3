import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { type Program, runProgram } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
/** From the terminal to the invoice. */
const MAX_CLICKS = 12

let folder: string
let program: Program
let browser: Browser
let page: Page
let clicks = 0
const problems: string[] = []

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`Chromium not found at ${CHROMIUM}; install it (Debian: apt-get install chromium)`)
  folder = await mkdtemp(join(tmpdir(), 'quittance-newcomer-'))
  program = runProgram('npm', { PORT: '0', HOME: join(folder, 'home'), DATA_DIR: join(folder, 'data') }, ['start'])
  await program.until(/Ctrl-C stops it/)
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', reducedMotion: 'reduce' })
  context.on('console', (message) => message.type() === 'error' && problems.push(`${message.text()} ${message.location().url}`))
  context.on('weberror', (error) => problems.push(error.error().message))
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  program?.child.kill('SIGTERM')
  await program?.exit
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** Opens an address that the terminal has printed. */
async function openPrinted(name: string): Promise<void> {
  const [, url = ''] = new RegExp(`^ +${name} +(http://\\S+)$`, 'm').exec(program.output()) ?? []
  clicks += 1
  await page.goto(url)
}

async function click(target: Locator): Promise<void> {
  clicks += 1
  await target.click()
}

const button = (name: string) => page.getByRole('button', { name, exact: true })

test('the terminal prints the steps in their order, each with its address', () => {
  const printed = program.output().slice(program.output().indexOf('Quittance is ready.'))
  const steps = [...printed.matchAll(/^ {2}(\d)\. (.+)\n +(\w+) +http:\/\/localhost:\d+\/(\S+)$/gm)]
  expect(steps.map(([, number, text, name]) => [number, text, name])).toEqual([
    ['1', 'Buy a plan and pay, as the customer Ada Lovelace', 'Portal'],
    ['2', 'Approve it under "Pending work", as the administrator Grace Hopper', 'Admin'],
    ['3', 'Read the mails that customers receive', 'Mails'],
    ['4', 'Explore the API', 'Explorer'],
  ])
})

test('the customer buys a plan, sees where to pay, and states "I have paid"', async () => {
  await openPrinted('Portal')
  await page.waitForURL(/\/portal$/)
  await click(page.getByRole('link', { name: 'Change plan' }))
  await click(button('Change to Pro'))
  await page.getByRole('dialog').getByText('Due now').waitFor()
  await click(button('Change with obligation to pay'))
  const transfer = page.getByRole('region', { name: 'Bank transfer' })
  await transfer.getByText('IE29 AIBK 9311 5212 3456 78').waitFor()
  expect(await transfer.getByText('$10.00').count()).toBe(1)
  expect(await page.getByText('Waiting for payment').count()).toBe(1)
  await click(button('I have paid'))
  await page.getByText('Thank you. We check your payment and write to you when it has arrived.').waitFor()
  // It cannot be reported twice by accident.
  expect(await button('I have paid').count()).toBe(0)
})

test('the administrator finds the payment among the pending work, and confirms it', async () => {
  await openPrinted('Admin')
  await click(page.getByRole('link', { name: /^Pending work/ }))
  const report = page.getByRole('table', { name: 'Reported payments to check' }).getByRole('row').filter({ hasText: 'Ada Lovelace' })
  await click(report.getByRole('button', { name: 'Confirm' }))
  const dialog = page.getByRole('dialog')
  await click(dialog.getByRole('button', { name: 'Confirm', exact: true }))
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => report.count()).toBe(0)
})

test('the mail has the invoice, which is paid', async () => {
  await openPrinted('Mails')
  // A job queues the mail.
  await expect
    .poll(async () => {
      await page.reload()
      return page.getByRole('link', { name: 'Your plan is now Pro' }).count()
    })
    .toBe(1)
  await click(page.getByRole('link', { name: 'Your plan is now Pro' }))
  await page.frameLocator('iframe').getByRole('paragraph').filter({ hasText: 'Your plan has changed from Starter to Pro.' }).waitFor()
  const pdf = page.getByRole('link', { name: /^INV-\d{4}-\d{6}\.pdf$/ })
  clicks += 1
  const response = await page.request.get((await pdf.getAttribute('href')) ?? '')
  const { text } = await readPdf(new Uint8Array(await response.body()))
  for (const part of ['Ada Lovelace', 'Pro, rest of the period', '$15.00', 'Paid on']) expect(text).toContain(part)
})

test('the customer has the plan, and the journey was short', async () => {
  // The links of this page lead back, because the sessions of both pages are still open.
  await page.getByRole('link', { name: 'All mails' }).click()
  await page.getByRole('link', { name: 'Portal' }).click()
  await page.getByRole('region', { name: 'Your plan' }).getByText('Pro', { exact: true }).waitFor()
  expect(clicks).toBeLessThanOrEqual(MAX_CLICKS)
  expect(problems).toEqual([])
})

test('the order that the demo has left open is on the first page, and can be paid or cancelled', async () => {
  await page.getByText('Your order Pro waits for the payment of $15.00').waitFor()
  await page.getByRole('region', { name: 'Waiting for payment' }).getByRole('link', { name: 'Pay' }).click()
  await button('I have paid').click()
  await page.getByText('Being checked').waitFor()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('Your payment of $15.00 for Pro is being checked').waitFor()
  await page.getByRole('link', { name: 'Details', exact: true }).click()
  await button('Cancel the order').click()
  await page.getByText('Cancelled').waitFor()
})
