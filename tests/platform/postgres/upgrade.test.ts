import { createHash } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeId, type IdType } from '../../../src/core/ids.js'
import { assertMigrated, migrate } from '../../../src/platform/postgres/migrations.js'
import {
  environmentOf,
  interruptReapplication,
  type RecordedQuery,
  readFixture,
  restoreDump,
  startLemonSqueezyOf,
  summarize,
} from '../../support/fixture.js'
import type { FakeLemonSqueezy } from '../../support/lemon-squeezy.js'
import { Receiver } from '../../support/receiver.js'
import { startServer, type TestServer } from '../../support/server.js'

// Upgrades a dump of an old version; tests/fixtures/README.md says what it holds. The tests run in their order: reads
// first, then repeated requests, then the queued jobs, then new writes.

const COMMIT = '47ae39e'
const fixture = await readFixture(COMMIT)

let api: FakeLemonSqueezy
let server: TestServer
let before: Record<string, any>

beforeAll(async () => {
  const database = await restoreDump(COMMIT)
  before = await summarize(database)
  await interruptReapplication(database)
  await migrate(database)
  api = await startLemonSqueezyOf(fixture)
  server = await startServer({ now: fixture.now, database, environment: environmentOf(api) })
})
afterAll(async () => {
  await server?.close()
  await api?.close()
})

const ask = async (who: number | 'admin' | null, query: string, variables?: object) => {
  const { data, errors } = await server.ask(who ?? undefined, query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
const asApiKey = async (key: string, query: string) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json()
}
const nodes = (connection: { nodes: Record<string, any>[] } | undefined) => connection?.nodes ?? []

/** The number after the last one that the old version assigned. */
function nextNumber(series: string): string {
  const numbers = JSON.stringify(fixture.expected).matchAll(new RegExp(`"${series}-2026-(\\d{6})"`, 'g'))
  const last = Math.max(...[...numbers].map(([, sequence]) => Number(sequence)))
  return `${series}-2026-${String(last + 1).padStart(6, '0')}`
}

/** Fields that later versions renamed. */
const RENAMED: Readonly<Record<string, string>> = {
  desiredState: 'entitlements',
  holderType: 'customerType',
  eventEndpoints: 'webhookEndpoints',
  eventDeliveries: 'webhookDeliveries',
  holder: 'subject',
  webhookEvents: 'providerEvents',
}

/** What later versions renamed, in a recorded query and its response. */
function translate({ who, query, data }: RecordedQuery): RecordedQuery {
  return {
    who,
    // Order.buyer replaced Order.user.
    query: query
      .replace('user { id } organisation { id } invoice', 'user: buyer { id: userId } organisation { id } invoice')
      // Entitlement.customer replaced its user and its organisation.
      .replace(/(user \{ id \w[^}]*\}) (organisation \{[^}]*\})/, (_fields, user: string, organisation: string) => {
        const [ofUser, ofOrganisation] = [user, organisation].map((field) => field.slice(field.indexOf('{')))
        return `customer { ... on User ${ofUser?.replace(' name', ' userName: name')} ... on Organisation ${ofOrganisation} }`
      })
      .replaceAll(/\w+/g, (name) => (RENAMED[name] ? `${name}: ${RENAMED[name]}` : name)),
    data: joinCustomers(withPrefixes(sortCustomers(JSON.parse(translateValues(JSON.stringify(data)))))),
  }
}

/** The events of Escluse had the source "reference", and types of events were texts. */
function translateValues(json: string): string {
  return json
    .replaceAll('"source":"reference"', '"source":"escluse"')
    .replaceAll(/(?<="type":|"types":\[)"(\w+)\.(\w+)"/g, (_type, subject: string, verb: string) => `"${subject}_${verb}"`.toUpperCase())
}

/** The ids of users and organisations were numbers and are text, so "10" comes before "9". */
function sortCustomers(data: RecordedQuery['data']): RecordedQuery['data'] {
  const { desiredState } = data
  if (!desiredState) return data
  const keyOf = ({ user, organisation }: { user?: { id: string }; organisation?: { id: string } }) => user?.id ?? `~${organisation?.id}`
  const sorted = [...desiredState.nodes].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  return { ...data, desiredState: { ...desiredState, nodes: sorted } }
}

function joinCustomers(data: RecordedQuery['data']): RecordedQuery['data'] {
  const { desiredState } = data
  if (!desiredState) return data
  const nodes = desiredState.nodes.map(({ user, organisation, ...node }: Record<string, any>) => {
    if (!user) return { ...node, customer: organisation }
    const { name: userName, ...rest } = user
    return { ...node, customer: { ...rest, userName } }
  })
  return { ...data, desiredState: { ...desiredState, nodes } }
}

/** The types of the objects that have an id, by the field that returns them. */
const TYPES: Record<string, IdType> = {
  ...{ plans: 'Plan', allPlans: 'Plan', plan: 'Plan', orders: 'Order', allOrders: 'Order', order: 'Order', invoices: 'Invoice' },
  ...{ invoice: 'Invoice', creditNotes: 'CreditNote', refunds: 'Refund', user: 'User', me: 'User', organisation: 'Organisation' },
  ...{ subscription: 'PlanSubscription', limitOverrides: 'LimitOverride', auditEntries: 'AuditEntry', webhookEvents: 'ProviderEvent' },
  ...{ eventEndpoints: 'WebhookEndpoint', eventDeliveries: 'WebhookDelivery', campus: 'PlanReapplication', starter: 'PlanReapplication' },
  ...{ apiKeys: 'ApiKey', planId: 'Plan', endpointId: 'WebhookEndpoint' },
}

/** Ids had no prefix of their type. */
function withPrefixes<T>(value: T, type?: IdType): T {
  if (Array.isArray(value)) return value.map((each) => withPrefixes(each, type)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => {
    const typeOfField = name === 'id' || name === 'nodes' ? type : TYPES[name]
    // Stored JSON keeps the ids that the panel receives.
    if (name === 'payload' || name === 'details') return [name, each]
    const isId = name === 'id' || name.endsWith('Id')
    return [name, isId && typeOfField && typeof each === 'string' ? encodeId(typeOfField, each) : withPrefixes(each, typeOfField)]
  })
  return Object.fromEntries(entries)
}

/** The credit notes without a refund count as paid out: 500 of order 65 and 200 of the outage, each in a refund of its own. */
function withPayouts(summary: Record<string, any>): object {
  const paidOut = { type: null, status: 'DONE', currency: 'USD', amount: '700', tax: '112' }
  return { ...summary, rows: { ...summary.rows, refunds: summary.rows.refunds + 2 }, refunds: [...summary.refunds, paidOut] }
}

/** Orders show these refunds. */
function withPayoutsOfOrders(data: Record<string, any>): Record<string, any> {
  const ids: Record<string, string> = { ord_26: 'ref_5', ord_31: 'ref_6' }
  const nodes = data.allOrders.nodes.map((order: Record<string, any>) => {
    const [creditNote] = order.invoice?.creditNotes ?? []
    if (!ids[order.id]) return order
    const { amount, createdAt } = creditNote
    const reason = 'Credited before credit notes had refunds'
    return { ...order, refunds: [{ id: ids[order.id], status: 'DONE', amount, reason, createdAt, eligibility: null }] }
  })
  return { ...data, allOrders: { ...data.allOrders, nodes } }
}

describe('the migrations', () => {
  test('are complete and change no row count, no sum of money, no invoice number and no job', async () => {
    await assertMigrated(server.connections.pool)
    // Later versions add tables.
    expect(await summarize(server.database)).toMatchObject(withPayouts(before))
  })
  test('are not applied a second time', async () => {
    expect(await migrate(server.database)).toEqual([])
  })
  test('add up what was credited and refunded of every invoice', async () => {
    const { rows } = await server.connections.pool.query(`
      SELECT number, credited_total, credited_tax, total - paid_total AS returned FROM invoices AS invoice
      WHERE kind <> 'CREDIT_NOTE' ORDER BY id`)
    const { rows: sums } = await server.connections.pool.query(`
      SELECT number, (SELECT coalesce(sum(total), 0)::bigint FROM invoices WHERE credited_invoice_id = invoice.id) AS credited_total,
        (SELECT coalesce(sum(tax), 0)::bigint FROM invoices WHERE credited_invoice_id = invoice.id) AS credited_tax,
        (SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE order_id = invoice.order_id AND status = 'DONE') AS returned
      FROM invoices AS invoice WHERE kind <> 'CREDIT_NOTE' ORDER BY id`)
    expect(rows).toEqual(sums)
    for (const column of ['credited_total', 'credited_tax', 'returned'])
      expect(rows.filter((row) => row[column] !== '0').length).toBeGreaterThan(0)
  })
})

describe('the types of the columns', () => {
  const columns = async (condition: string) => {
    const { rows } = await server.connections.pool.query(
      `SELECT DISTINCT data_type AS type, collation_name AS collation FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' AND ${condition}`,
    )
    return rows
  }
  const customerIds = `(column_name ~ '^(last_)?(user|organisation)_id$' OR table_name IN ('users', 'organisations') AND column_name = 'id')`

  test('are text instead of enums', async () => {
    expect(await columns(`data_type = 'USER-DEFINED'`)).toEqual([])
    expect(
      (await server.connections.pool.query(`SELECT FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace`)).rows,
    ).toEqual([])
  })
  test('of users and organisations are text that sorts by its bytes', async () => {
    expect(await columns(customerIds)).toEqual([{ type: 'text', collation: 'C' }])
  })
  test('of all other ids and of sequences are bigint', async () => {
    const ids = `column_name ~ '^id$|_id$' AND data_type <> 'uuid' AND column_name NOT IN ('external_id', 'tax_id', 'vat_id', 'requester_vat_id')`
    expect(await columns(`${ids} AND NOT ${customerIds} AND column_name !~ '^provider_|^variant_id$'`)).toEqual([
      { type: 'bigint', collation: null },
    ])
    const { rows } = await server.connections.pool.query(
      `SELECT DISTINCT data_type AS type FROM information_schema.sequences WHERE sequence_schema = 'public'`,
    )
    expect(rows).toEqual([{ type: 'bigint' }])
  })
  test('have statistics, with which PostgreSQL plans its statements', async () => {
    const { rows } = await server.connections.pool.query(
      `SELECT attname FROM pg_stats WHERE tablename = 'orders' AND attname IN ('id', 'user_id', 'status')`,
    )
    expect(rows).toHaveLength(3)
  })
})

/** The unused share is now a share of what is left of the invoice: the credit note of 200 for an outage counts as paid out. */
function eligibilityAfterRefunds(data: Record<string, any>): object {
  const { refundEligibility } = data
  return { refundEligibility: { ...refundEligibility, refundable: { minorUnits: 149 } } }
}

/** Reverse charge now needs a confirmed VAT id. Its check is due after the upgrade; until then, tax is charged. */
function untilConfirmed(data: Record<string, any>): object {
  const { invoicePreview } = data
  const tax = { ...invoicePreview.tax, minorUnits: 239, decimal: '2.39' }
  return { invoicePreview: { ...invoicePreview, tax, taxes: [{ category: 'STANDARD', basisPoints: 1900 }] } }
}

describe('what the old version returned', () => {
  const ORDER_VALUES = ['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED', 'PURCHASE', 'GRANT', 'RENEWAL', 'PLAN_CHANGE', 'REQUESTED', 'DONE']
  const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED']
  const valuesOf = (data: unknown) => [...new Set(JSON.stringify(data).match(/(?<=:")[A-Z_]+(?=")/g))]

  test.each(Object.entries(fixture.expected))('is returned for the query %s', async (name, recorded) => {
    const { who, query, data } = translate(recorded)
    const response = JSON.stringify(await ask(who, query)).replaceAll(server.url, '')
    if (name === 'allOrders') return expect(JSON.parse(response)).toEqual(withPayoutsOfOrders(data))
    if (name === 'invoicePreview') return expect(JSON.parse(response)).toEqual(untilConfirmed(data))
    if (name === 'eligibility') return expect(JSON.parse(response)).toEqual(eligibilityAfterRefunds(data))
    expect(JSON.parse(response)).toEqual(data)
  })
  test('keeps the texts of items in every language', async () => {
    const query = (locale: string) =>
      `{ allOrders(first: 50) { nodes { description(locale: "${locale}") items { description(locale: "${locale}") } } } }`
    const german = await ask('admin', query('de'))
    expect(JSON.stringify(german)).toContain('Starter, unused part of the period')
    expect(german).toEqual(await ask('admin', query('en')))
    expect(await server.services.db.orderItem.count({ where: { kind: { not: 'TEXT' } } })).toBe(0)
  })
  test('holds orders, invoices and subscriptions of every status', () => {
    const { allOrders, desiredState } = fixture.expected
    expect(valuesOf(allOrders?.data)).toEqual(expect.arrayContaining(ORDER_VALUES))
    expect(valuesOf(desiredState?.data)).toEqual(expect.arrayContaining(SUBSCRIPTION_STATUSES))
  })
})

describe('what the old version issued', () => {
  test.each(Object.entries(fixture.pdfs))('a link to the stored PDF of invoice %s opens the same bytes', async (id, sha256) => {
    const link = new RegExp(`"(/invoices/${id}/pdf[^"]*)"`).exec(JSON.stringify(fixture.expected))?.[1]
    const response = await fetch(`${server.url}${link}`)
    expect(response.status).toBe(200)
    const pdf = Buffer.from(await response.arrayBuffer())
    expect(createHash('sha256').update(pdf).digest('hex')).toBe(sha256)
  })
  test('an API key works, and a revoked one is refused', async () => {
    expect(await asApiKey(fixture.apiKey, '{ usage(userId: 10) { resource } }')).toMatchObject({ data: { usage: expect.any(Array) } })
    expect(await asApiKey(fixture.revokedApiKey, '{ me { id } }')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
  test('a cursor continues the list', async () => {
    const { allOrders } = await ask('admin', 'query ($after: String) { allOrders(first: 10, after: $after) { nodes { id } } }', {
      after: fixture.cursor,
    })
    const rest = nodes(fixture.expected.allOrders?.data.allOrders).slice(5, 15)
    expect(nodes(allOrders)).toEqual(rest.map(({ id }) => ({ id: `ord_${id}` })))
  })
})

describe('a request of the old version that is repeated with its idempotency key', () => {
  const ordersOf = (id: number) => nodes(fixture.expected[`user${id}`]?.data.orders).map((order) => `ord_${order.id}`)

  test('placeOrder returns the same order', async () => {
    const data = await ask(60, 'mutation { placeOrder(input: {planId: 3, idempotencyKey: "order-60"}) { order { id } } }')
    expect(ordersOf(60)).toContain(data.placeOrder.order.id)
  })
  test('applyPlan returns the same order', async () => {
    const data = await ask('admin', 'mutation { applyPlan(input: {userId: 10, planId: 2, idempotencyKey: "grant-10"}) { order { id } } }')
    expect(ordersOf(10)).toContain(data.applyPlan.order.id)
  })
  test('applyPlan returns the stored error', async () => {
    const query = 'mutation { applyPlan(input: {userId: 999999, planId: 3, idempotencyKey: "nobody"}) { order { id } } }'
    const { errors } = await server.ask('admin', query)
    expect(errors).toMatchObject([{ message: expect.stringContaining('999999'), extensions: { code: 'USER_NOT_FOUND' } }])
  })
  test('creditInvoice returns the same credit note', async () => {
    const [invoice] = nodes(fixture.expected.user10?.data.invoices)
    const input = { invoiceId: invoice?.id, amount: 200, reason: 'Outage', idempotencyKey: 'credit-10' }
    const data = await ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } } }', {
      input,
    })
    expect(data.creditInvoice.creditNote.number).toBe('CN-2026-000002')
  })
  test('requestRefund returns the same refund', async () => {
    const input = { orderId: ordersOf(20)[0], reason: 'Too slow', idempotencyKey: 'refund-20' }
    const data = await ask(20, 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id status } } }', {
      input,
    })
    expect(data.requestRefund.refund).toEqual({ id: 'ref_1', status: 'DONE' })
  })
  test('createPlan returns the same plan', async () => {
    const input = { slug: 'tokyo', name: 'Tokyo', type: 'PAID', price: { minorUnits: 1800, currency: 'JPY' }, idempotencyKey: 'tokyo' }
    const data = await ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input })
    expect(data.createPlan.plan.id).toBe('plan_7')
  })
  test('changes nothing', async () => {
    // Later versions add tables.
    expect(await summarize(server.database)).toMatchObject(withPayouts(before))
  })
})

describe('the queued jobs', () => {
  const STATE = '{ me { currentPlan { slug } limits { memory } } subscription { status } orders { nodes { status reason } } }'
  const waiting = async () => (await server.connections.pool.query('SELECT task_identifier, last_error FROM graphile_worker.jobs')).rows
  const kinds = ['cancelAtProvider', 'deliverSandboxWebhook', 'drawDocument', 'finishRefund', 'processWebhook', 'reapplyPlan']

  test('are of every kind; all but the one that cannot succeed are done', async () => {
    expect(new Set((await waiting()).map((job) => job.task_identifier))).toEqual(new Set([...kinds, 'reconcile', 'sweep', 'tick']))
    await server.settle()
    expect(await waiting()).toEqual([
      { task_identifier: 'processWebhook', last_error: 'attributes.total: Too small: expected number to be >=0' },
    ])
  })
  test('drawDocument has rendered every invoice', async () => {
    const { db } = server.services
    expect(await db.invoiceDocument.count()).toBe(await db.invoice.count())
  })
  test('finishRefund has refunded once, with a credit note', async () => {
    const refund = await server.services.db.refund.findFirstOrThrow({ where: { reason: 'Broken' }, include: { creditNotes: true } })
    expect(refund).toMatchObject({ status: 'DONE', amount: 50n, creditNotes: [{ kind: 'CREDIT_NOTE', total: 50n }] })
    expect(api.payments.get('49')?.attributes.refunded_amount).toBe(50)
    expect((await ask(49, STATE)).me.currentPlan.slug).toBe('free')
  })
  test('cancelAtProvider has cancelled the subscription that a grant replaced', async () => {
    expect(api.subscriptions.get('42')?.attributes.status).toBe('cancelled')
    expect((await ask(42, STATE)).me.currentPlan.slug).toBe('starter')
  })
  test('processWebhook has recorded a renewal of Lemon Squeezy and a cancellation of Escluse', async () => {
    expect(nodes((await ask(47, STATE)).orders)[0]).toEqual({ status: 'ACTIVE', reason: 'RENEWAL' })
    expect((await ask(50, STATE)).subscription.status).toBe('CANCELLED')
  })
  test('deliverSandboxWebhook has completed a purchase', async () => {
    expect(await ask(24, STATE)).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      subscription: { status: 'ACTIVE' },
      orders: { nodes: [{ status: 'ACTIVE', reason: 'PURCHASE' }] },
    })
  })
  test('reapplyPlan has given the new limits of the plan', async () => {
    expect(fixture.expected.user65?.data.me.limits.memory).toBe(8192)
    expect((await ask(65, STATE)).me.limits.memory).toBe(10240)
  })
  test('reapplyPlan has restarted, because the position of the old version was in the order of numbers', async () => {
    const [run] = await server.services.db.planReapplication.findMany({ where: { planId: 2n } })
    expect(run).toMatchObject({ total: 3, done: 5, lastUserId: '65', finishedAt: expect.any(Date) })
  })
  test('tick has ended a cancelled subscription and applied a pending change of plan', async () => {
    expect(await ask(45, STATE)).toMatchObject({ me: { currentPlan: { slug: 'free' } }, subscription: null })
    expect((await ask(22, STATE)).me.currentPlan.slug).toBe('starter')
  })
})

describe('what continues after the upgrade', () => {
  const APPLY = `mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { id number } } } }`
  const CREDIT = `mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } } }`

  test('numbers of invoices and credit notes follow the last ones', async () => {
    const { applyPlan } = await ask('admin', APPLY, { input: { userId: '61', planId: '3' } })
    expect(applyPlan.order.invoice.number).toBe(nextNumber('INV'))
    const { creditInvoice } = await ask('admin', CREDIT, { input: { invoiceId: applyPlan.order.invoice.id } })
    expect(creditInvoice.creditNote.number).toBe(nextNumber('CN'))
  })
  test('a claim counts together with those of the old version', async () => {
    const claim = (externalId: string, memory: number) =>
      asApiKey(
        fixture.apiKey,
        `mutation { claimServer(input: {externalId: "${externalId}", userId: 10, memory: ${memory}, disk: 1, cpu: 1}) {
          usage { resource used limit } } }`,
      )
    expect((await claim('srv-5', 1024)).data.claimServer.usage).toEqual(
      expect.arrayContaining([
        { resource: 'SERVERS', used: 3, limit: 5 },
        { resource: 'MEMORY_MB', used: 2048 + 1024 + 1024, limit: 15360 },
      ]),
    )
    expect((await claim('srv-6', 15000)).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_EXCEEDED' } }])
  })
  test('pending events are delivered, signed with both secrets of the rotation', async () => {
    const receiver = await Receiver.start()
    await ask('admin', `mutation { updateWebhookEndpoint(input: {id: 1, url: "${receiver.url}"}) { endpoint { id } } }`)
    await server.deliver()
    await receiver.close()
    expect(receiver.types()).toContain('endpoint.test')
    for (const { headers, body } of receiver.received) {
      for (const secret of fixture.endpointSecrets) new Webhook(secret).verify(body, headers as Record<string, string>)
    }
  })
  test('issued invoices of the old version cannot be changed', async () => {
    const change = server.connections.pool.query(`UPDATE invoices SET total = total + 1 WHERE number = 'INV-2026-000001'`)
    await expect(change).rejects.toThrow('is issued and never changed')
  })
})
