import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { type RunningServer, startProgram } from './program.js'

// Sends the documented requests of EcliPanel and Escluse unchanged to a server with demo data.

let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-reference-'))
  server = await startProgram({ DATA_DIR: join(folder, 'data') })
})
afterAll(async () => {
  server?.child.kill('SIGTERM')
  await server?.exit
  await rm(folder, { recursive: true, force: true })
})

interface Response {
  status: number
  type: string
  body: any
}

/** Runs a documented command with the URL of the server and a token. */
async function curl(command: string, token = server.customer): Promise<Response> {
  const script = command.replaceAll('https://your-panel.example.com', server.url).replaceAll('<token>', token)
  const shell = ['-c', `${script} -s -w '\\n%{http_code} %{content_type}'`]
  const { stdout } = await promisify(execFile)('bash', shell, { cwd: folder })
  const end = stdout.lastIndexOf('\n')
  const [status = '', type = ''] = stdout.slice(end + 1).split(' ')
  const text = stdout.slice(0, end)
  return { status: Number(status), type, body: type.startsWith('application/json') ? JSON.parse(text) : text }
}

const ORDER = {
  id: 101,
  status: 'active',
  amount: 5,
  currency: 'USD',
  description: 'Starter, 1 month',
  planId: 2,
  userId: 55,
  organisationId: null,
  notes: null,
}

describe('EcliPanel', () => {
  test('curl https://your-panel.example.com/api/plans', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/plans')
    expect(status).toBe(200)
    expect(body.map(({ id, name, type, price }: any) => [id, name, type, price])).toEqual([
      [1, 'Free', 'free', 0],
      [4, 'Student', 'edu', 0],
      [2, 'Starter', 'paid', 5],
      [3, 'Pro', 'paid', 15],
      [5, 'Enterprise', 'enterprise', null],
    ])
  })

  test('curl https://your-panel.example.com/api/plans/3', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/plans/3')
    expect([status, body]).toMatchObject([200, { id: 3, name: 'Pro', price: 15, features: { modpack_support: true } }])
  })

  test('curl https://your-panel.example.com/api/orders', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/orders \\\n  -H "Cookie: session=<token>"')
    expect(status).toBe(200)
    expect(body.map(({ id }: { id: number }) => id)).toEqual([103, 102, 101])
  })

  test('curl https://your-panel.example.com/api/orders/101', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/orders/101 \\\n  -H "Cookie: session=<token>"')
    expect([status, body]).toMatchObject([200, ORDER])
    expect(new Date(body.date).toISOString()).toBe(body.date)
  })

  test('curl https://your-panel.example.com/api/orders/101/invoice', async () => {
    const { status, type } = await curl(
      'curl https://your-panel.example.com/api/orders/101/invoice \\\n  -H "Cookie: session=<token>" \\\n  -o invoice-101.pdf',
    )
    expect([status, type]).toEqual([200, 'application/pdf'])
    const { text } = await readPdf(await readFile(join(folder, 'invoice-101.pdf')))
    expect(text).toContain('Starter, 1 month')
    expect(text).toMatch(/INV-\d{4}-000001/)
  })

  test('curl -X POST https://your-panel.example.com/api/admin/users/55/apply-plan, current-plan and cancel-plan', async () => {
    const applied = await curl(
      `curl -X POST https://your-panel.example.com/api/admin/users/55/apply-plan \\
  -H "Cookie: session=<token>" \\
  -H "Content-Type: application/json" \\
  -d '{"planId":4,"notes":"Educational grant approved"}'`,
      server.administrator,
    )
    expect(applied).toMatchObject({
      status: 200,
      body: {
        success: true,
        order: { status: 'active', planId: 4, amount: 0, notes: 'Educational grant approved', userId: 55 },
        user: { id: 55, portalType: 'edu', limits: { memory: 2048, serverLimit: 2, emailSendDailyLimit: 100 } },
      },
    })
    const current = 'curl https://your-panel.example.com/api/admin/users/55/current-plan \\\n  -H "Cookie: session=<token>"'
    const { order } = applied.body
    const { notes } = order
    expect((await curl(current, server.administrator)).body).toMatchObject({
      plan: { id: 4, type: 'edu' },
      order: { id: order.id, notes },
      expiresAt: null,
      plans: [{ plan: { id: 4 }, order: { id: order.id } }],
      orders: [{ id: order.id }],
    })
    const cancelled = await curl(
      'curl -X POST https://your-panel.example.com/api/admin/users/55/cancel-plan \\\n  -H "Cookie: session=<token>"',
      server.administrator,
    )
    expect([cancelled.status, cancelled.body]).toEqual([200, { success: true }])
    expect((await curl(current, server.administrator)).body).toMatchObject({
      plan: { id: 1, type: 'free' },
      order: null,
      plans: [],
      orders: [],
    })
    const again = '{"planId":2,"notes":"As before"}'
    await curl(
      `curl -X POST ${server.url}/api/admin/users/55/apply-plan -H "Cookie: session=<token>" -H "Content-Type: application/json" -d '${again}'`,
      server.administrator,
    )
  })
})

describe('Escluse', () => {
  const send = (parameters: string) => curl(`curl ${server.url}/api/v1/billing/${parameters} -H "Authorization: Bearer <token>"`)

  test('GET /api/v1/billing/subscription', async () => {
    const { status, body } = await send('subscription')
    expect([status, body]).toEqual([
      200,
      {
        data: {
          id: expect.stringMatching(/^sub_[A-Za-z0-9_-]+$/),
          plan: 'starter',
          status: 'active',
          current_period_start: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
          current_period_end: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
          ends_at: null,
          features: { max_nodes: 1, max_servers: 5, support: 'basic' },
        },
      },
    ])
  })

  test('POST /api/v1/billing/checkout', async () => {
    const body = `{
  "plan": "pro",
  "success_url": "https://app.esluce.com/billing?success=true",
  "cancel_url": "https://app.esluce.com/billing?canceled=true"
}`
    const { status, body: responseBody } = await send(`checkout -X POST -H "Content-Type: application/json" -d '${body}'`)
    expect([status, responseBody]).toEqual([200, { data: { checkout_url: expect.stringMatching(/^http/) } }])
  })

  test('POST /api/v1/billing/checkout rejects Enterprise, which has a custom price', async () => {
    const urls = '"success_url":"https://app.esluce.com/billing","cancel_url":"https://app.esluce.com/billing"'
    const { status, body } = await send(`checkout -X POST -H "Content-Type: application/json" -d '{"plan":"enterprise",${urls}}'`)
    expect([status, body]).toEqual([
      400,
      { error: { code: 'BAD_USER_INPUT', message: 'body.plan: this plan has a custom price; contact sales for an offer' } },
    ])
  })

  test('GET /api/v1/billing/invoices', async () => {
    const { status, body } = await send('invoices')
    expect(status).toBe(200)
    // The requests above have replaced the plan of the first invoice at once, so all of it was credited.
    expect(body.data.at(-1)).toMatchObject({ id: 'inv_1', amount: 500, currency: 'USD', status: 'refunded' })
    expect(body.data[0]).toMatchObject({ currency: 'USD', status: 'paid' })
    const pdf = await fetch(body.data.at(-1).pdf_url)
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  })
})
