import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type RunningServer, startProgram } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const CHROMIUM_ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

let dataDir: string
let server: RunningServer
let panel: Server
let browser: Browser

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`Chromium not found at ${CHROMIUM}; install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`)
  }
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-cors-'))
  panel = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Panel</title>'))
  await new Promise<void>((done) => panel.listen(0, '127.0.0.1', done))
  server = await startProgram({ DATA_DIR: dataDir })
  // `evil.test` resolves to this machine as well, but demo mode does not allow its origin.
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CHROMIUM_ARGUMENTS, '--host-resolver-rules=MAP evil.test 127.0.0.1'],
  })
})
afterAll(async () => {
  await browser?.close()
  server?.child.kill('SIGTERM')
  await server?.exit
  panel?.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** Opens a page whose origin differs from that of the server. */
async function openPanel(host: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(`http://${host}:${(panel.address() as AddressInfo).port}/`)
  return page
}

const QUERY = '{"query":"{ me { id } }"}'

describe('a page on another port of localhost, in demo mode', () => {
  let page: Page
  beforeAll(async () => {
    page = await openPanel('localhost')
  })
  afterAll(() => page.close())

  test('sends GraphQL with a token and reads the request id', async () => {
    const result = await page.evaluate(
      async ({ url, token, body }) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'x' }
        const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
        return { json: await response.json(), requestId: response.headers.get('x-request-id') }
      },
      { url: server.url, token: server.customer, body: QUERY },
    )
    expect(result.json.data).toEqual({ me: { id: 'user_55' } })
    expect(result.requestId).toMatch(/.{8}/)
  })

  test('reads a REST response and a 404 error', async () => {
    const statuses = await page.evaluate(async (url) => {
      const [plans, missing] = [await fetch(`${url}/api/plans`), await fetch(`${url}/api/plans/999`)]
      return [plans.status, (await plans.json()).length, missing.status, (await missing.json()).error]
    }, server.url)
    expect(statuses).toEqual([200, expect.any(Number), 404, expect.any(String)])
  })

  test('subscribes to server-sent events', async () => {
    const received = page.evaluate(
      async ({ url, token }) => {
        const response = await fetch(`${url}/graphql/stream`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify({ query: 'subscription { orderUpdated { status } }' }),
        })
        Object.assign(globalThis, { subscribed: true })
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
        for (let text = ''; ; ) {
          const chunk = await reader?.read()
          text += chunk?.value ?? ''
          if (chunk?.done || text.includes('"orderUpdated"')) return text
        }
      },
      { url: server.url, token: server.customer },
    )
    await page.waitForFunction('globalThis.subscribed')
    const placed = await ask(server, server.customer, 'mutation { placeOrder(input: { planId: "3", replace: true }) { order { id } } }')
    expect(placed.errors).toBeUndefined()
    expect(await received).toContain('"PENDING"')
  })

  test('fetches the PDF of a signed link and shows it in a frame', async () => {
    const { data } = await ask(server, server.customer, '{ orders(first: 1) { nodes { invoicePdfUrl } } }')
    const link = data.orders.nodes[0].invoicePdfUrl
    const start = await page.evaluate(async (url) => {
      const response = await fetch(url)
      return [response.headers.get('content-disposition'), (await response.text()).slice(0, 5)]
    }, link)
    expect(start).toEqual([expect.stringContaining('.pdf'), '%PDF-'])
    const framed = page.waitForResponse(link)
    await page.evaluate((url) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: url }))
    }, link)
    expect((await framed).status()).toBe(200)
    await expect.poll(() => page.frames().some((frame) => frame.url() === link)).toBe(true)
  })

  test('cannot read the explorer, which can contain tokens', async () => {
    const outcome = await page.evaluate(
      (url) =>
        fetch(`${url}/graphql`, { headers: { accept: 'text/html' } }).then(
          () => 'read',
          () => 'blocked',
        ),
      server.url,
    )
    expect(outcome).toBe('blocked')
  })
})

test('the browser blocks a page whose origin is not allowed', async () => {
  const page = await openPanel('evil.test')
  const consoleMessages: string[] = []
  page.on('console', (message) => consoleMessages.push(message.text()))
  const outcomes = await page.evaluate(
    async ({ url, token, body }) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const attempts = [
        fetch(`${url}/graphql`, { method: 'POST', headers, body }),
        fetch(`${url}/api/plans`),
        fetch(`${url}/graphql/stream?query=${encodeURIComponent('subscription { orderUpdated { id } }')}`, {
          headers: { accept: 'text/event-stream' },
        }),
      ]
      const results = await Promise.allSettled(attempts)
      return results.map(({ status }) => status)
    },
    { url: server.url, token: server.customer, body: QUERY },
  )
  expect(outcomes).toEqual(['rejected', 'rejected', 'rejected'])
  expect(consoleMessages.join('\n')).toContain('blocked by CORS policy')
  await page.close()
})
