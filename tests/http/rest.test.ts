import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalogue, createCatalogue } from '../support/catalogue.js'
import { readPdf } from '../support/pdf.js'
import { startServer, type TestServer } from '../support/server.js'

let server: TestServer
let plans: Catalogue
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-rest-'))
  server = await startServer({
    environment: { CHECKOUT_ORIGINS: 'https://app.esluce.com', UPGRADE_URL: 'https://app.esluce.com/billing?upgrade={plan}' },
  })
  plans = await createCatalogue(server)
  // The plans 3 and 4, the order 101 and the user 55 of the reference.
  expect([plans.pro, plans.enterprise]).toEqual(['3', '4'])
  await server.ask('admin', 'mutation { updatePlan(input: {id: 4, price: 0}) { plan { id } } }')
  await server.services.db.user.create({ data: { id: 55, email: 'ada@example.com', name: 'Ada' } })
  await server.connections.pool.query("SELECT setval('orders_id_seq', 100)")
  const { data } = await server.ask(55, 'mutation { placeOrder(input: {planId: 3}) { order { id } } }')
  expect(data.placeOrder.order.id).toBe('101')
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

interface Curled {
  status: number
  type: string
  body: any
}

/** Runs a curl of the reference as it stands there, but for the host and the token. */
async function curl(command: string, who: number | 'admin' = 55): Promise<Curled> {
  const token = await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  const script = command.replaceAll('https://your-panel.example.com', server.url).replaceAll('<token>', token)
  const { stdout } = await promisify(execFile)('bash', ['-c', `${script} -s -w '\\n%{http_code} %{content_type}'`], { cwd: folder })
  const end = stdout.lastIndexOf('\n')
  const [status = '', type = ''] = stdout.slice(end + 1).split(' ')
  const text = stdout.slice(0, end)
  return { status: Number(status), type, body: type.startsWith('application/json') ? JSON.parse(text) : text }
}

describe('EcliPanel: every curl of its reference', () => {
  test('curl https://your-panel.example.com/api/plans', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/plans')
    expect(status).toBe(200)
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['Free', 'Enterprise', 'Starter', 'Pro'])
    expect(body[3]).toEqual({
      id: 3,
      name: 'Pro',
      type: 'paid',
      price: 15,
      memory: 32_768,
      disk: null,
      cpu: null,
      serverLimit: 15,
      databases: null,
      backups: null,
      portCount: null,
      tunnelPortCount: null,
      nodeLimit: null,
      emailsPerDay: null,
      features: { modpacks: true },
      hiddenFromBilling: false,
    })
  })

  test('curl https://your-panel.example.com/api/plans/3', async () => {
    expect((await curl('curl https://your-panel.example.com/api/plans/3')).body).toMatchObject({ id: 3, name: 'Pro', price: 15 })
  })

  const ORDER = {
    id: 101,
    status: 'pending',
    amount: 15,
    currency: 'USD',
    description: 'Pro, 1 month',
    planId: 3,
    userId: 55,
    organisationId: null,
    items: [{ description: 'Pro, 1 month', quantity: 1, price: 15, amount: 15 }],
    notes: null,
    date: '2026-05-01T10:00:00.000Z',
    expiresAt: '2026-05-08T10:00:00.000Z',
  }

  test('its list of orders, by cookie', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/orders \\\n  -H "Cookie: session=<token>"')
    expect([status, body]).toEqual([200, [ORDER]])
  })

  test('one order', async () => {
    const { status, body } = await curl('curl https://your-panel.example.com/api/orders/101 \\\n  -H "Cookie: session=<token>"')
    expect([status, body]).toEqual([200, ORDER])
  })

  test('its invoice, as a file', async () => {
    const { status, type } = await curl(
      'curl https://your-panel.example.com/api/orders/101/invoice \\\n  -H "Cookie: session=<token>" \\\n  -o invoice-101.pdf',
    )
    expect([status, type]).toEqual([200, 'application/pdf'])
    expect((await readPdf(await readFile(join(folder, 'invoice-101.pdf')))).text).toContain('Pro, 1 month')
  })

  test('applying a plan, the plan that is had then, and cancelling it', async () => {
    const applied = await curl(
      `curl -X POST https://your-panel.example.com/api/admin/users/55/apply-plan \\
  -H "Cookie: session=<token>" \\
  -H "Content-Type: application/json" \\
  -d '{"planId":4,"notes":"Educational grant approved"}'`,
      'admin',
    )
    expect(applied.status).toBe(200)
    expect(applied.body).toMatchObject({
      success: true,
      order: { status: 'active', planId: 4, amount: 0, notes: 'Educational grant approved', userId: 55 },
    })
    const current = 'curl https://your-panel.example.com/api/admin/users/55/current-plan \\\n  -H "Cookie: session=<token>"'
    expect((await curl(current, 'admin')).body).toMatchObject({
      plan: { id: 4, type: 'enterprise' },
      order: { id: applied.body.order.id, status: 'active' },
      expiresAt: null,
    })
    const cancelled = await curl(
      'curl -X POST https://your-panel.example.com/api/admin/users/55/cancel-plan \\\n  -H "Cookie: session=<token>"',
      'admin',
    )
    expect([cancelled.status, cancelled.body]).toEqual([200, { success: true }])
    expect((await curl(current, 'admin')).body).toMatchObject({ plan: { id: 1, type: 'free' }, order: null })
  })
})

interface Asked {
  method?: string
  path: string
  body?: unknown
  who?: number | 'admin' | string
  headers?: Record<string, string>
}

async function ask({ method = 'GET', path, body, who, headers = {} }: Asked): Promise<{ status: number; body: any; headers: Headers }> {
  const token =
    typeof who === 'string' && who !== 'admin'
      ? who
      : who === undefined
        ? ''
        : await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}

describe('EcliPanel', () => {
  test('a customer orders, and an administrator approves that order', async () => {
    const placed = await ask({ method: 'POST', path: '/api/orders', body: { planId: 2 }, who: 60 })
    expect(placed).toMatchObject({ status: 201, body: { success: true, order: { status: 'pending', planId: 2, amount: 5 } } })
    const { id } = placed.body.order
    const approved = await ask({ method: 'POST', path: '/api/admin/users/60/apply-plan', body: { planId: 2, orderId: id }, who: 'admin' })
    expect(approved.body.order).toMatchObject({ id, status: 'active' })
  })

  test('a repetition with an Idempotency-Key is the same order', async () => {
    const place = (planId: number) =>
      ask({ method: 'POST', path: '/api/orders', body: { planId }, who: 62, headers: { 'idempotency-key': 'cart 1' } })
    const [first, second] = await Promise.all([place(2), place(2)])
    expect(second.body).toEqual(first.body)
    expect(await place(3)).toMatchObject({ status: 409, body: { error: expect.stringContaining('take a new key') } })
  })

  test('more orders than a page are all there', async () => {
    for (let place = 0; place < 103; place += 1) await server.ask(61, 'mutation { placeOrder(input: {planId: 2}) { order { id } } }')
    const { body } = await ask({ path: '/api/orders', who: 61 })
    expect(new Set(body.map(({ id }: { id: number }) => id)).size).toBe(103)
  })

  test.each<[string, Asked, number, string]>([
    ['nobody', { path: '/api/orders' }, 401, 'Sign in: send a token as "Authorization: Bearer …"'],
    ['a wrong token', { path: '/api/orders', who: 'nonsense' }, 401, 'The token is wrong, expired or from another issuer; sign in again'],
    ['a customer as administrator', { path: '/api/admin/users/55/current-plan', who: 55 }, 403, 'Only administrators may do this'],
    ['no such plan', { path: '/api/plans/999' }, 404, 'Plan not found'],
    ['an order of somebody else', { path: '/api/orders/101', who: 56 }, 404, 'Order not found'],
    ['no such user', { path: '/api/admin/users/987/current-plan', who: 'admin' }, 404, 'There is no user 987'],
    ['no number', { path: '/api/plans/pro' }, 400, 'params.id: must be integer'],
    ['no plan', { method: 'POST', path: '/api/orders', body: {}, who: 55 }, 400, 'body.planId: is missing'],
    ['a wrong plan', { method: 'POST', path: '/api/orders', body: { planId: 'x' }, who: 55 }, 400, 'body.planId: must be integer'],
    ['an address that is none', { path: '/api/nothing' }, 404, 'not_found'],
    ['no JSON', { method: 'POST', path: '/api/orders', body: '{', who: 55 }, 400, 'The request is malformed: is the body valid JSON?'],
    [
      'a form',
      { method: 'POST', path: '/api/orders', body: 'planId=2', who: 55, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'Send the body as application/json',
    ],
  ])('%s is refused', async (_what, asked, status, error) => {
    const answer = await ask(asked)
    expect([answer.status, answer.body]).toEqual([status, { error }])
  })

  test('a cookie is not accepted from another site, with or without a body', async () => {
    const cookie = `session=${await server.token(1, 'admin')}`
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      const answer = await ask({ method: 'POST', path: '/api/admin/users/55/cancel-plan', headers: { cookie, ...headers } })
      expect(answer.status).toBe(403)
    }
    const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      (await ask({ method: 'POST', path: '/api/admin/users/55/cancel-plan', headers: form, body: 'x=1' })).status,
    ).toBeGreaterThanOrEqual(400)
  })
})

describe('Escluse', () => {
  test('a subscription, null as long as there is none', async () => {
    expect(await ask({ path: '/api/v1/billing/subscription', who: 70 })).toMatchObject({ status: 200, body: { data: null } })
    await server.ask('admin', 'mutation { applyPlan(input: {userId: 70, planId: 3}) { success } }')
    const { body } = await ask({ path: '/api/v1/billing/subscription', who: 70 })
    expect(body).toEqual({
      data: {
        id: expect.stringMatching(/^sub_\d+$/),
        plan: 'pro',
        status: 'active',
        current_period_start: '2026-05-01T10:00:00Z',
        current_period_end: '2026-06-01T10:00:00Z',
        features: { max_nodes: null, max_servers: 15, modpacks: true },
      },
    })
    expect((await ask({ path: `/api/v1/billing/subscriptions/${body.data.id}`, who: 70 })).body).toEqual(body)
    expect(await ask({ path: `/api/v1/billing/subscriptions/${body.data.id}`, who: 71 })).toMatchObject({ status: 404 })
  })

  test('a checkout, with the body of the reference', async () => {
    const { status, body } = await ask({
      method: 'POST',
      path: '/api/v1/billing/checkout',
      who: 71,
      body: {
        plan: 'pro',
        success_url: 'https://app.esluce.com/billing?success=true',
        cancel_url: 'https://app.esluce.com/billing?canceled=true',
      },
    })
    expect([status, body]).toEqual([200, { data: { checkout_url: expect.stringMatching(/^http/) } }])
  })

  test('invoices, whose ids and PDFs resolve', async () => {
    const { body } = await ask({ path: '/api/v1/billing/invoices', who: 70 })
    expect(body).toEqual({
      data: [
        {
          id: expect.stringMatching(/^inv_\d+$/),
          amount: 1500,
          currency: 'USD',
          status: 'paid',
          created_at: '2026-05-01T10:00:00Z',
          pdf_url: expect.stringMatching(/\/invoices\/inv_\d+\.pdf\?/),
        },
      ],
    })
    const [{ id, pdf_url }] = body.data
    const pdf = await fetch(pdf_url)
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    expect((await ask({ path: `/api/v1/billing/invoices/${id}`, who: 70 })).body.data.id).toBe(id)
    expect((await ask({ path: `/api/v1/billing/invoices/${id}`, who: 71 })).status).toBe(404)
    expect((await fetch(pdf_url.replace(/signature=./, 'signature=x'))).status).toBe(401)
  })

  test('servers up to the limit of the plan, and then the documented refusal', async () => {
    await server.services.db.user.create({ data: { id: 80 } })
    await server.ask('admin', 'mutation { applyPlan(input: {userId: 80, planId: 2}) { success } }')
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "x", scopes: [CLAIMS]}) { key } }')
    const key = data.createApiKey.key
    const create = (place: number) =>
      ask({
        method: 'POST',
        path: '/api/v1/servers',
        who: key,
        body: { external_id: `s${place}`, user_id: 80, memory: 512, disk: 1, cpu: 1 },
      })
    for (let place = 1; place <= 5; place += 1) expect((await create(place)).status).toBe(201)
    expect(await create(1)).toMatchObject({
      status: 201,
      body: { data: { external_id: 's1', memory: 512, databases: 0, created_at: '2026-05-01T10:00:00Z' } },
    })
    expect(await create(6)).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'PLAN_LIMIT_EXCEEDED',
          message: 'Maximum servers (5) reached for Starter plan',
          upgrade_url: 'https://app.esluce.com/billing?upgrade=pro',
        },
      },
    })
    const remove = { method: 'DELETE', path: '/api/v1/servers/s1', who: key }
    expect((await ask(remove)).body).toEqual({ data: { released: true } })
    expect((await ask(remove)).body).toEqual({ data: { released: false } })
    expect((await create(6)).status).toBe(201)
  })

  test.each<[string, Asked, number, string, string]>([
    ['nobody', { path: '/api/v1/billing/invoices' }, 401, 'UNAUTHENTICATED', 'Sign in'],
    [
      'no plan',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { success_url: 'https://app.esluce.com', cancel_url: 'https://app.esluce.com' },
        who: 55,
      },
      400,
      'BAD_USER_INPUT',
      'body.plan',
    ],
    [
      'an unknown plan',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { plan: 'gold', success_url: 'https://app.esluce.com', cancel_url: 'https://app.esluce.com' },
        who: 55,
      },
      404,
      'PLAN_NOT_FOUND',
      'gold',
    ],
    [
      'a way back to somewhere else',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { plan: 'pro', success_url: 'https://evil.example', cancel_url: 'https://app.esluce.com' },
        who: 55,
      },
      400,
      'BAD_USER_INPUT',
      'successUrl',
    ],
    [
      'a customer who makes servers',
      { method: 'POST', path: '/api/v1/servers', body: { external_id: 'x', user_id: 55, memory: 1, disk: 1, cpu: 1 }, who: 55 },
      403,
      'FORBIDDEN',
      'administrators',
    ],
    ['an address that is none', { path: '/api/v1/billing/nothing', who: 55 }, 404, 'BAD_REQUEST', 'not_found'],
    ['an id without its prefix', { path: '/api/v1/billing/invoices/12', who: 55 }, 400, 'BAD_USER_INPUT', 'params.id'],
  ])('%s is refused', async (_what, asked, status, code, message) => {
    const answer = await ask(asked)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect(answer.body.error.message).toContain(message)
  })
})

test('while billing is switched off every route says so, whoever asks', async () => {
  await server.ask('admin', 'mutation { setBillingEnabled(enabled: false) }')
  for (const path of [
    '/api/plans',
    '/api/plans/3',
    '/api/orders',
    '/api/orders/101',
    '/api/orders/101/invoice',
    '/api/admin/users/55/current-plan',
  ]) {
    expect([path, await ask({ path })]).toMatchObject([path, { status: 503, body: { error: 'feature_disabled' } }])
  }
  expect(await ask({ path: '/api/v1/billing/invoices' })).toMatchObject({ status: 503, body: { error: { code: 'FEATURE_DISABLED' } } })
  await server.ask('admin', 'mutation { setBillingEnabled(enabled: true) }')
})

describe('the page of the REST APIs', () => {
  test('and its document are served, and ask nothing of other hosts', async () => {
    const page = await fetch(`${server.url}/api/docs`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).toContain('Quittance: REST APIs')
    expect(html).not.toMatch(/(src|href)="https?:/)
    const document = await (await fetch(`${server.url}/api/docs/json`)).json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/api/orders/{id}/invoice': {}, '/api/v1/servers': {} } })
  })
})
