import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mapLimits } from '../../../src/modules/limited-resources.rules.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog
/** A pending order of user 55 for the plan Pro. */
let order: number

beforeAll(async () => {
  server = await startServer({
    environment: {
      CHECKOUT_ORIGINS: 'https://app.esluce.com',
      UPGRADE_URL: 'https://app.esluce.com/billing?upgrade={plan}',
      RATE_LIMIT_POINTS: '1000000',
    },
  })
  plans = await createCatalog(server)
  const { data } = await server.ask(55, 'mutation ($id: ID!) { placeOrder(input: {planId: $id}) { order { id } } }', { id: plans.pro })
  order = rowId(data.placeOrder.order.id)
  await createOrganisation(server, 7, { 55: 'OWNER', 57: 'MEMBER' })
})
afterAll(() => server.close())

interface RestRequest {
  method?: string
  path: string
  body?: unknown
  who?: number | 'admin' | string
  headers?: Record<string, string>
}

async function ask({
  method = 'GET',
  path,
  body,
  who,
  headers = {},
}: RestRequest): Promise<{ status: number; body: any; headers: Headers }> {
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
  const post = (path: string, body: unknown, who: number | 'admin' = 'admin') => ask({ method: 'POST', path, body, who })

  test('returns a plan with all its fields', async () => {
    expect(await ask({ path: '/api/plans/3' })).toMatchObject({
      status: 200,
      body: {
        id: 3,
        name: 'Pro',
        type: 'paid',
        price: 15,
        memory: 32_768,
        disk: null,
        serverLimit: 15,
        emailsPerDay: null,
        emailSendDailyLimit: null,
        features: { modpacks: true },
        hiddenFromBilling: false,
        isDefault: false,
      },
    })
  })

  test('returns an order with all its fields', async () => {
    const expected = {
      id: order,
      status: 'pending',
      amount: 15,
      currency: 'USD',
      description: 'Pro, 1 month',
      planId: 3,
      userId: 55,
      organisationId: null,
      orgId: null,
      items: [{ description: 'Pro, 1 month', quantity: 1, price: 15, amount: 15 }],
      notes: null,
      date: '2026-05-01T10:00:00.000Z',
      createdAt: '2026-05-01T10:00:00.000Z',
      expiresAt: '2026-05-08T10:00:00.000Z',
    }
    expect((await ask({ path: `/api/orders/${order}`, who: 55 })).body).toEqual(expected)
    expect((await ask({ path: '/api/orders', who: 55 })).body).toEqual([expected])
  })

  describe('request bodies', () => {
    test.each<[string, string, unknown, string]>([
      ['POST', '/api/orders', { planId: 3, quantity: 2 }, 'body.quantity: is not a known field; known fields are planId, '],
      ['POST', '/api/orders', { planId: 3, a: 1, b: 2 }, 'body.a, body.b: are not known fields; known fields are planId, '],
      ['POST', '/api/admin/users/55/apply-plan', { planId: 3, userId: 56 }, 'body.userId: is not a known field; known fields are '],
      ['POST', '/api/admin/users/55/cancel-plan', { reason: 'x' }, 'body.reason: is not a known field; known fields are '],
      ['POST', `/api/orders/1/cancel`, { force: true }, 'body.force: is not a known field; no fields are accepted here'],
      ['POST', '/api/admin/plans', { name: 'X', type: 'paid', boostPercent: 5 }, 'body.boostPercent: is not a known field; known '],
      ['PUT', '/api/admin/plans/3', { currency: 'EUR' }, 'body.currency: is not a known field; known fields are '],
    ])('of %s %s refuse unknown fields: %j', async (method, path, body, error) => {
      const answer = await ask({ method, path, body, who: 'admin' })
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(error)])
    })

    test.each<[unknown, string]>([
      [{ planId: true }, 'body.planId: must be an integer'],
      [{ planId: null }, 'body.planId: must be an integer'],
      [{ planId: '3.5' }, 'body.planId: must be an integer'],
      [{ planId: 0 }, 'body.planId: must be 1 or more'],
      [{ planId: [3] }, 'body.planId: must be an integer'],
      [{ planId: 3, notes: 5 }, 'body.notes: must be a string or null'],
      [{ planId: 3, notes: ' ' }, 'body.notes: must not be empty'],
      [{ planId: 3, notes: 'x'.repeat(2001) }, 'body.notes: must be at most 2000 characters long'],
      [{ planId: 3, notes: '\ud800' }, 'body.notes: must be well-formed Unicode'],
      [{ planId: 3, expiresAt: 'tomorrow' }, 'body.expiresAt: must be a date or an ISO 8601 time'],
      [{ planId: 3, expiresAt: '2026-02-30' }, 'body.expiresAt: must be a date or an ISO 8601 time'],
      [{ planId: 3, expiresAt: '2026-04-01' }, 'body.expiresAt: must be in the future'],
      [{ planId: 3, organisationId: 7, orgId: 8 }, 'body.orgId: is an alias of organisationId with a different value'],
      [[], 'body: must be an object'],
      ['"text"', 'body: must be an object'],
    ])('refuse %j with an error in terms of the REST API', async (body, error) => {
      const answer = await post('/api/admin/users/55/apply-plan', body)
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(error)])
      expect(answer.body.error).not.toMatch(/Variable|\$input|input\.|GraphQL/)
    })

    test('may be empty with the content type JSON', async () => {
      const headers = { 'content-type': 'application/json' }
      const cancelled = await ask({ method: 'POST', path: '/api/admin/users/55/cancel-plan', who: 'admin', headers })
      expect(cancelled).toMatchObject({ status: 200, body: { success: true } })
      const ordered = await ask({ method: 'POST', path: '/api/orders', who: 55, headers })
      expect(ordered).toMatchObject({ status: 400, body: { error: 'body.planId: is missing' } })
    })

    test('may be omitted', async () => {
      const path = '/api/admin/users/55/cancel-plan'
      expect(await ask({ method: 'POST', path, who: 'admin' })).toMatchObject({ status: 200, body: { success: true } })
    })
  })

  describe('apply-plan', () => {
    const apply = (user: number, body: object) => post(`/api/admin/users/${user}/apply-plan`, body)

    test.each<[number | string, number]>([
      [150, 150],
      [14.5, 14.5],
      ['14.50', 14.5],
      [0.07, 0.07],
      [19.99, 19.99],
      ['1000000', 1_000_000],
      [0, 0],
    ])('charges the decimal amount %j', async (amount, charged) => {
      await server.services.db.user.createMany({ data: [{ id: '600' }], skipDuplicates: true })
      const { status, body } = await apply(600, { planId: 4, amount })
      expect([status, body.order?.amount, body.order?.currency]).toEqual([200, charged, 'USD'])
      const stored = await server.services.db.order.findUniqueOrThrow({ where: { id: body.order.id } })
      expect(stored.amount).toBe(BigInt(Math.round(charged * 100)))
    })

    test.each<[unknown, string]>([
      [14.505, 'body.amount: must be an amount in USD with the decimal places of that currency, for example 15.00'],
      ['14.505', 'body.amount: must be an amount in USD'],
      [1e21, 'body.amount: must be an amount in USD'],
      [1e-7, 'body.amount: must be an amount in USD'],
      ['1e3', 'body.amount: must be an amount in USD'],
      ['', 'body.amount: must be an amount in USD'],
      [-1, 'body.amount: must be 0 or more'],
      [999_999_999_999_999, 'body.amount: is too large'],
      [true, 'body.amount: must be a number or a string or null'],
      [{ decimal: '15.00' }, 'body.amount: must be a number or a string or null'],
    ])('refuses the amount %j', async (amount, error) => {
      const before = await server.services.db.order.count()
      const answer = await apply(55, { planId: 4, amount })
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(error)])
      expect(await server.services.db.order.count()).toBe(before)
    })

    test("parses an amount with the decimal places of the plan's currency", async () => {
      await server.services.db.user.create({ data: { id: '601' } })
      const create = async (slug: string, currency: string): Promise<number> => {
        const { data } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
          input: { slug, name: slug, type: 'PAID', price: null, currency, hiddenFromBilling: true },
        })
        return rowId(data.createPlan.plan.id)
      }
      const yen = await create('yen', 'JPY')
      expect((await apply(601, { planId: yen, amount: 500 })).body.order).toMatchObject({ amount: 500, currency: 'JPY' })
      const refused = await apply(601, { planId: yen, amount: 500.5 })
      expect([refused.status, refused.body.error]).toEqual([
        400,
        expect.stringContaining('in JPY with the decimal places of that currency, for example 1500'),
      ])
      const dinar = await create('dinar', 'KWD')
      expect((await apply(601, { planId: dinar, amount: '1.505' })).body.order).toMatchObject({ amount: 1.505, currency: 'KWD' })
    })

    test('treats an amount of null as omitted, not as 0', async () => {
      await server.services.db.user.create({ data: { id: '602' } })
      expect((await apply(602, { planId: 3, amount: null })).body.order.amount).toBe(15)
      const custom = await apply(602, { planId: 4, amount: null })
      expect([custom.status, custom.body.error]).toEqual([
        400,
        expect.stringMatching(/^body\.amount: is required, because this plan has a custom price/),
      ])
    })

    test.each<[number, 'admin' | number | undefined, number]>([
      [999, 'admin', 404],
      [4, 56, 403],
      [4, undefined, 401],
    ])('with an amount, for plan %s and principal %s, returns %s', async (planId, who, status) => {
      const answer = await ask({ method: 'POST', path: '/api/admin/users/55/apply-plan', body: { planId, amount: 1 }, who })
      expect(answer.status).toBe(status)
    })

    test('accepts the field names of EcliPanel and a date', async () => {
      const body = { planId: 3, orgId: 7, notes: 'Sponsored', expiresAt: '2027-01-01' }
      const applied = await apply(55, body)
      expect(applied).toMatchObject({
        status: 200,
        body: { order: { organisationId: 7, orgId: 7, notes: 'Sponsored', expiresAt: '2027-01-01T00:00:00.000Z' } },
      })
      const elsewhere = await apply(56, body)
      expect([elsewhere.status, elsewhere.body.error]).toEqual([404, expect.stringContaining('Organisation 7')])
      expect(await post('/api/admin/users/55/cancel-plan', { orgId: 7, notes: 'Over' })).toMatchObject({ status: 200 })
    })

    test('returns the user after the change', async () => {
      await server.services.db.user.create({ data: { id: '603' } })
      const { body } = await apply(603, { planId: 2 })
      expect(body.user).toEqual({
        id: 603,
        portalType: 'paid',
        limits: {
          ...mapLimits(() => null),
          memory: 8192,
          disk: null,
          cpu: null,
          serverLimit: 5,
          databases: null,
          backups: null,
          portCount: null,
          tunnelPortCount: null,
          nodeLimit: null,
          emailsPerDay: null,
          emailSendDailyLimit: null,
        },
      })
    })
  })

  describe('orders', () => {
    test('are placed with the field names of EcliPanel, and with notes that only administrators can read', async () => {
      const { status, body } = await post('/api/orders', { planId: '3', orgId: 7, notes: 'Invoice to accounting, please' }, 55)
      expect([status, body.order]).toMatchObject([201, { planId: 3, organisationId: 7, orgId: 7, notes: null }])
      const path = `/api/orders/${body.order.id}`
      expect((await ask({ path, who: 'admin' })).body.notes).toBe('Invoice to accounting, please')
      expect((await ask({ path, who: 55 })).body.notes).toBeNull()
    })

    test('keep their notes when they are approved without notes', async () => {
      const { body } = await post('/api/orders', { planId: 2, notes: 'For the school' }, 604)
      const approved = await post('/api/admin/users/604/apply-plan', { planId: 2, orderId: body.order.id })
      expect(approved.body.order).toMatchObject({ status: 'active', notes: 'For the school' })
    })

    test('of an organisation are listed under either parameter name, ignoring unknown parameters', async () => {
      const all = (await ask({ path: '/api/orders?_=1767225600000', who: 55 })).body as { orgId: number | null }[]
      const own = all.filter(({ orgId }) => orgId === 7)
      expect(own.length).toBeGreaterThan(0)
      expect(own.length).toBeLessThan(all.length)
      for (const filter of ['orgId=7', 'organisationId=7', 'orgId=7&organisationId=7&_=1']) {
        expect((await ask({ path: `/api/orders?${filter}`, who: 55 })).body).toEqual(own)
      }
    })

    test.each<[string, number, number, string]>([
      ['orgId=7', 57, 404, 'Organisation 7'],
      ['orgId=7', 56, 404, 'Organisation 7'],
      ['organisationId=999', 55, 404, 'Organisation 999'],
      ['orgId=seven', 55, 404, 'Organisation seven'],
      ['orgId=se/ven', 55, 400, 'query.orgId: must match'],
      ['orgId=7&orgId=8', 55, 400, 'query.orgId: must be an integer'],
      ['orgId=7&organisationId=8', 55, 400, 'query.orgId: is an alias of organisationId with a different value'],
    ])('are not listed with %s for user %s', async (filter, who, status, error) => {
      const answer = await ask({ path: `/api/orders?${filter}`, who })
      expect([answer.status, answer.body.error]).toEqual([status, expect.stringContaining(error)])
    })

    test('can be cancelled once by their customer', async () => {
      const { body } = await post('/api/orders', { planId: 3 }, 605)
      const cancel = { method: 'POST', path: `/api/orders/${body.order.id}/cancel` }
      expect(await ask({ ...cancel, who: 606 })).toMatchObject({ status: 404 })
      expect(await ask(cancel)).toMatchObject({ status: 401 })
      const cancelled = await ask({ ...cancel, who: 605, body: {} })
      expect(cancelled).toMatchObject({ status: 200, body: { success: true, order: { id: body.order.id, status: 'cancelled' } } })
      expect(await ask({ ...cancel, who: 605 })).toMatchObject({
        status: 409,
        body: { error: `Order ${body.order.id} is already cancelled` },
      })
    })

    test('that are active end their plan when they are cancelled', async () => {
      await server.services.db.user.create({ data: { id: '607' } })
      const { body } = await post('/api/admin/users/607/apply-plan', { planId: 3 })
      expect(await post(`/api/orders/${body.order.id}/cancel`, {}, 607)).toMatchObject({
        status: 200,
        body: { order: { status: 'cancelled' } },
      })
      const current = await ask({ path: '/api/admin/users/607/current-plan', who: 'admin' })
      expect(current.body).toMatchObject({ plan: { id: 1 }, order: null, plans: [], orders: [] })
    })
  })

  describe('plans, managed by administrators,', () => {
    const put = (id: number, body: unknown) => ask({ method: 'PUT', path: `/api/admin/plans/${id}`, body, who: 'admin' })
    const listed = async () => (await ask({ path: '/api/admin/plans', who: 'admin' })).body as { id: number }[]

    test('are created with the fields of EcliPanel', async () => {
      const body = {
        name: 'Étudiant Plus',
        type: 'educational',
        price: 2.5,
        memory: 2048,
        disk: 10_240,
        cpu: 100,
        serverLimit: 2,
        databases: 1,
        backups: 0,
        portCount: 2,
        tunnelPortCount: 1,
        nodeLimit: 1,
        emailSendDailyLimit: 100,
        emailSendQueueLimit: null,
        features: { list: ['Ponies'] },
        hiddenFromBilling: true,
        isDefault: false,
      }
      const { status, body: answer } = await post('/api/admin/plans', body)
      const { emailSendQueueLimit: _, ...fields } = body
      const plan = { ...mapLimits(() => null), ...fields, type: 'edu', emailsPerDay: 100, id: expect.any(Number) }
      expect([status, answer]).toEqual([201, { success: true, plan }])
      const { data } = await server.ask('admin', 'query ($id: ID!) { plan(id: $id) { slug currency price { minorUnits } } }', {
        id: String(answer.plan.id),
      })
      expect(data.plan).toEqual({ slug: 'etudiant-plus', currency: 'USD', price: { minorUnits: 250 } })
      expect(await listed()).toContainEqual(plan)
      expect((await ask({ path: '/api/plans' })).body).not.toContainEqual(plan)
    })

    test('get a unique slug', async () => {
      const names = ['Gold', 'Gold', 'gold!', '365', 'Ω']
      const ids: number[] = []
      for (const name of names) {
        ids.push((await post('/api/admin/plans', { name, type: 'paid', hiddenFromBilling: true })).body.plan.id)
      }
      const rows = await server.services.db.plan.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })
      expect(rows.map(({ slug }) => slug)).toEqual(['gold', 'gold-2', 'gold-3', 'plan-365', 'plan'])
      expect((await post('/api/admin/plans', { name: 'x', type: 'paid', slug: 'gold' })).body.error).toBe(
        'body.slug: is already used by another plan',
      )
    })

    test('cost 0 when the price is omitted, and have a custom price when it is null', async () => {
      const create = async (body: object) =>
        (await post('/api/admin/plans', { name: 'P', type: 'paid', hiddenFromBilling: true, ...body })).body.plan
      expect((await create({})).price).toBe(0)
      expect((await create({ price: null })).price).toBeNull()
      expect((await create({ price: '7.99' })).price).toBe(7.99)
    })

    test('change only in the fields that are sent', async () => {
      const { body } = await post('/api/admin/plans', {
        name: 'Changing',
        type: 'paid',
        price: 3,
        memory: 512,
        hiddenFromBilling: true,
        features: { a: 1 },
      })
      const { id } = body.plan
      expect((await put(id, { memory: 1024 })).body).toEqual({ success: true, plan: { ...body.plan, memory: 1024 } })
      expect(
        (await put(id, { name: 'Changed', type: 'edu', price: 14.5, memory: null, emailsPerDay: 7, features: null })).body.plan,
      ).toEqual({
        ...body.plan,
        name: 'Changed',
        type: 'edu',
        price: 14.5,
        memory: null,
        emailsPerDay: 7,
        emailSendDailyLimit: 7,
        features: {},
      })
      expect((await put(id, { emailSendDailyLimit: null, price: null })).body.plan).toMatchObject({ emailsPerDay: null, price: null })
    })

    test.each<[string, object, string]>([
      ['PUT', { price: 14.505 }, 'body.price: must be an amount in USD with the decimal places of that currency, for example 15.00'],
      ['PUT', { price: -1 }, 'body.price: must be 0 or more'],
      ['PUT', { price: true }, 'body.price: must be a number or a string or null'],
      ['PUT', { memory: 1.5 }, 'body.memory: must be an integer or null'],
      ['PUT', { memory: -1 }, 'body.memory: must be 0 or more'],
      ['PUT', { memory: 3_000_000_000 }, 'body.memory: must be at most 2147483647'],
      ['PUT', { type: 'gold' }, 'body.type: must be one of free, paid, edu, educational, enterprise'],
      ['PUT', { name: ' ' }, 'body.name: must not be empty'],
      ['PUT', { features: ['Ponies'] }, 'body.features: must be an object or null'],
      ['PUT', { emailsPerDay: 1, emailSendDailyLimit: 2 }, 'body.emailSendDailyLimit: is an alias of emailsPerDay with a different value'],
      ['PUT', { isDefault: true }, 'body.isDefault: the default plan must be of type FREE, must cost 0 and must not be archived'],
      ['POST', { type: 'paid' }, 'body.name: is missing'],
      ['POST', { name: 'X' }, 'body.type: is missing'],
      ['POST', { name: 'X', type: 'paid', slug: 'Not a slug' }, 'body.slug: must be lower-case letters'],
    ])('are not changed by an invalid %s of %j', async (method, body, error) => {
      const before = await server.services.db.plan.findMany({ orderBy: { id: 'asc' } })
      const answer = await ask({ method, path: method === 'PUT' ? '/api/admin/plans/3' : '/api/admin/plans', body, who: 'admin' })
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(error)])
      expect(await server.services.db.plan.findMany({ orderBy: { id: 'asc' } })).toEqual(before)
    })

    test('name the field that the default plan does not allow', async () => {
      expect((await put(1, { price: 5 })).body.error).toMatch(/^body\.price: the default plan must be/)
      expect((await put(1, { type: 'paid' })).body.error).toMatch(/^body\.type: the default plan must be/)
    })

    test('are archived by DELETE, also with the content type JSON and no body', async () => {
      const { body } = await post('/api/admin/plans', { name: 'Leaving', type: 'paid' })
      const { id } = body.plan
      await server.services.db.user.create({ data: { id: '608' } })
      await post('/api/admin/users/608/apply-plan', { planId: id })
      const headers = { 'content-type': 'application/json' }
      const remove = { method: 'DELETE', path: `/api/admin/plans/${id}`, who: 'admin' as const, headers }
      expect(await ask(remove)).toMatchObject({ status: 200, body: { success: true } })
      expect((await listed()).map((plan) => plan.id)).not.toContain(id)
      expect((await ask({ path: '/api/plans' })).body.map((plan: { id: number }) => plan.id)).not.toContain(id)
      expect((await ask({ path: '/api/admin/users/608/current-plan', who: 'admin' })).body.plan.id).toBe(id)
      expect(await ask({ ...remove, path: '/api/admin/plans/1' })).toMatchObject({ status: 409 })
      expect(await ask({ ...remove, path: '/api/admin/plans/999' })).toMatchObject({
        status: 404,
        body: { error: 'Plan 999 does not exist' },
      })
      expect(await put(999, { memory: 1 })).toMatchObject({ status: 404, body: { error: 'Plan not found' } })
    })

    test.each<[string, string, object | undefined]>([
      ['GET', '/api/admin/plans', undefined],
      ['POST', '/api/admin/plans', { name: 'X', type: 'paid' }],
      ['PUT', '/api/admin/plans/3', { price: 1 }],
      ['DELETE', '/api/admin/plans/3', undefined],
    ])('cannot be managed by customers: %s %s', async (method, path, body) => {
      expect((await ask({ method, path, body, who: 55 })).status).toBe(403)
      expect((await ask({ method, path, body })).status).toBe(401)
    })
  })

  test('lets a customer place an order and an administrator approve it', async () => {
    const placed = await ask({ method: 'POST', path: '/api/orders', body: { planId: 2 }, who: 60 })
    expect(placed).toMatchObject({ status: 201, body: { success: true, order: { status: 'pending', planId: 2, amount: 5 } } })
    const { id } = placed.body.order
    const approved = await ask({ method: 'POST', path: '/api/admin/users/60/apply-plan', body: { planId: 2, orderId: id }, who: 'admin' })
    expect(approved.body.order).toMatchObject({ id, status: 'active' })
  })

  test('returns the same order for a retry with the same Idempotency-Key', async () => {
    const place = (planId: number) =>
      ask({ method: 'POST', path: '/api/orders', body: { planId }, who: 62, headers: { 'idempotency-key': 'cart 1' } })
    const [first, second] = await Promise.all([place(2), place(2)])
    expect(second.body).toEqual(first.body)
    expect(await place(3)).toMatchObject({ status: 409, body: { error: expect.stringContaining('use a new key') } })
  })

  test('lists more orders than fit on a page', async () => {
    for (let count = 0; count < 103; count += 1) await server.ask(61, 'mutation { placeOrder(input: {planId: 2}) { order { id } } }')
    const { body } = await ask({ path: '/api/orders', who: 61 })
    expect(new Set(body.map(({ id }: { id: number }) => id)).size).toBe(103)
  })

  test.each<[string, RestRequest, number, string]>([
    ['an anonymous request', { path: '/api/orders' }, 401, 'Sign in: send a token as "Authorization: Bearer …"'],
    [
      'an invalid token',
      { path: '/api/orders', who: 'nonsense' },
      401,
      'The token is invalid, expired or from another issuer; sign in again',
    ],
    [
      'a customer on a route for administrators',
      { path: '/api/admin/users/55/current-plan', who: 55 },
      403,
      'Only administrators may do this',
    ],
    ['an unknown plan', { path: '/api/plans/999' }, 404, 'Plan not found'],
    ['an order of another customer', { path: '/api/orders/1', who: 56 }, 404, 'Order not found'],
    ['an unknown user', { path: '/api/admin/users/987/current-plan', who: 'admin' }, 404, 'User 987 does not exist'],
    ['an id that is not a number', { path: '/api/plans/pro' }, 400, 'params.id: must be an integer'],
    ['an order without a plan', { method: 'POST', path: '/api/orders', body: {}, who: 55 }, 400, 'body.planId: is missing'],
    ['an invalid plan id', { method: 'POST', path: '/api/orders', body: { planId: 'x' }, who: 55 }, 400, 'body.planId: must be an integer'],
    ['an unknown path', { path: '/api/nothing' }, 404, 'not_found'],
    [
      'malformed JSON',
      { method: 'POST', path: '/api/orders', body: '{', who: 55 },
      400,
      'The request is malformed: is the body valid JSON, without a field named __proto__ or constructor.prototype?',
    ],
    [
      'a field that would change the prototype of objects',
      { method: 'POST', path: '/api/orders', body: '{"planId":1,"__proto__":{"a":1}}', who: 55 },
      400,
      'The request is malformed: is the body valid JSON, without a field named __proto__ or constructor.prototype?',
    ],
    [
      'a form',
      { method: 'POST', path: '/api/orders', body: 'planId=2', who: 55, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'Send the body as application/json',
    ],
  ])('refuses %s', async (_what, request, status, error) => {
    const answer = await ask(request)
    expect([answer.status, answer.body]).toEqual([status, { error }])
  })

  test('refuses the cookie in requests of other sites, with and without a body', async () => {
    const cookie = `session=${await server.token(1, 'admin')}`
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      const answer = await ask({ method: 'POST', path: '/api/admin/users/55/cancel-plan', headers: { cookie, ...headers } })
      expect(answer.status).toBe(403)
    }
    const formHeaders = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      (await ask({ method: 'POST', path: '/api/admin/users/55/cancel-plan', headers: formHeaders, body: 'x=1' })).status,
    ).toBeGreaterThanOrEqual(400)
  })
})

describe('Escluse', () => {
  test('returns a subscription, or null without one', async () => {
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
        ends_at: null,
        features: { max_nodes: null, max_servers: 15, modpacks: true },
      },
    })
    expect((await ask({ path: `/api/v1/billing/subscriptions/${body.data.id}`, who: 70 })).body).toEqual(body)
    expect(await ask({ path: `/api/v1/billing/subscriptions/${body.data.id}`, who: 71 })).toMatchObject({ status: 404 })
  })

  test('creates a checkout with the documented body', async () => {
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

  test('lists invoices with working ids and PDF links', async () => {
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

  test('claims servers up to the limit of the plan, then returns the documented error', async () => {
    await server.services.db.user.create({ data: { id: '80' } })
    await server.ask('admin', 'mutation { applyPlan(input: {userId: 80, planId: 2}) { success } }')
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "x", scopes: [CLAIMS]}) { key } }')
    const key = data.createApiKey.key
    const create = (index: number) =>
      ask({
        method: 'POST',
        path: '/api/v1/servers',
        who: key,
        body: { external_id: `s${index}`, user_id: 80, memory: 512, disk: 1, cpu: 1 },
      })
    for (let index = 1; index <= 5; index += 1) expect((await create(index)).status).toBe(201)
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

  test.each<[string, RestRequest, number, string, string]>([
    ['an anonymous request', { path: '/api/v1/billing/invoices' }, 401, 'UNAUTHENTICATED', 'Sign in'],
    [
      'a checkout without a plan',
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
      'a checkout with an unknown field',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { plan: 'pro', success_url: 'https://app.esluce.com', cancel_url: 'https://app.esluce.com', coupon: 'HALF' },
        who: 55,
      },
      400,
      'BAD_USER_INPUT',
      'body.coupon: is not a known field; known fields are plan, success_url, cancel_url',
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
      'Plan "gold" does not exist or cannot be ordered',
    ],
    [
      'a return URL on another origin',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { plan: 'pro', success_url: 'https://evil.example', cancel_url: 'https://app.esluce.com' },
        who: 55,
      },
      400,
      'BAD_USER_INPUT',
      'body.success_url: the origin https://evil.example is not allowed; use PUBLIC_URL or an origin of CHECKOUT_ORIGINS',
    ],
    [
      'a server claim by a customer',
      { method: 'POST', path: '/api/v1/servers', body: { external_id: 'x', user_id: 55, memory: 1, disk: 1, cpu: 1 }, who: 55 },
      403,
      'FORBIDDEN',
      'administrators',
    ],
    ['an unknown route', { path: '/api/v1/nope?x=1' }, 404, 'NOT_FOUND', 'Route not found: GET /api/v1/nope'],
    ['an unknown method', { path: '/api/v1/billing/checkout' }, 404, 'NOT_FOUND', 'Route not found: GET /api/v1/billing/checkout'],
    [
      'an unknown field',
      { method: 'POST', path: '/api/v1/servers', body: { external_id: 'x', user_id: 1, memory: 1, disk: 1, cpu: 1, ram: 1 }, who: 'admin' },
      400,
      'BAD_USER_INPUT',
      'body.ram: is not a known field; known fields are external_id, user_id, ',
    ],
    [
      'an empty id of a server',
      { method: 'POST', path: '/api/v1/servers', body: { external_id: '', user_id: 1, memory: 1, disk: 1, cpu: 1 }, who: 'admin' },
      400,
      'BAD_USER_INPUT',
      'body.external_id: must not be empty',
    ],
    [
      'a return URL that is not absolute',
      { method: 'POST', path: '/api/v1/billing/checkout', body: { plan: 'pro', success_url: 'app', cancel_url: 'app' }, who: 55 },
      400,
      'BAD_USER_INPUT',
      'body.success_url: must be an absolute URL',
    ],
    [
      'a plan with a custom price',
      {
        method: 'POST',
        path: '/api/v1/billing/checkout',
        body: { plan: 'enterprise', success_url: 'https://app.esluce.com', cancel_url: 'https://app.esluce.com' },
        who: 55,
      },
      400,
      'BAD_USER_INPUT',
      'body.plan: this plan has a custom price; contact sales for an offer',
    ],
    [
      'an unknown subscription',
      { path: '/api/v1/billing/subscriptions/sub_abc-123_X', who: 55 },
      404,
      'SUBSCRIPTION_NOT_FOUND',
      'sub_abc-123_X',
    ],
    [
      'an id without the prefix of subscriptions',
      { path: '/api/v1/billing/subscriptions/abc', who: 55 },
      404,
      'SUBSCRIPTION_NOT_FOUND',
      'abc',
    ],
    ['an invoice id without its prefix', { path: '/api/v1/billing/invoices/12', who: 55 }, 400, 'BAD_USER_INPUT', 'params.id'],
    [
      'to release a server with an invalid id',
      { method: 'DELETE', path: '/api/v1/servers/bell%07', who: 'admin' as const },
      400,
      'BAD_USER_INPUT',
      'params.external_id: must be a single line without control characters',
    ],
  ])('refuses %s', async (_what, request, status, code, message) => {
    const answer = await ask(request)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect(answer.body.error.message).toContain(message)
  })
})

test('names the first invalid field only, as the replaced APIs do', async () => {
  const body = { plan: 'pro', success_url: 'https://evil.example', cancel_url: 'https://evil.example' }
  const { status, body: refused } = await ask({ method: 'POST', path: '/api/v1/billing/checkout', body, who: 55 })
  const message = 'body.success_url: the origin https://evil.example is not allowed; use PUBLIC_URL or an origin of CHECKOUT_ORIGINS'
  expect([status, refused]).toEqual([400, { error: { code: 'BAD_USER_INPUT', message } }])
})

test('returns 503 on every route while billing is disabled, without authentication', async () => {
  await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
  for (const path of [
    '/api/plans',
    '/api/plans/3',
    '/api/orders',
    '/api/orders/1',
    '/api/orders/1/invoice',
    '/api/admin/users/55/current-plan',
  ]) {
    expect([path, await ask({ path })]).toMatchObject([path, { status: 503, body: { error: 'feature_disabled' } }])
  }
  expect(await ask({ path: '/api/v1/billing/invoices' })).toMatchObject({ status: 503, body: { error: { code: 'FEATURE_DISABLED' } } })
  await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: true }) { enabled } }')
})

describe('the documentation of the REST APIs', () => {
  test('is served with its OpenAPI document, and loads nothing from other hosts', async () => {
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
