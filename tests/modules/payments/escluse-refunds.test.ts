import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { deliverEscluse, escluseEvent } from '../../support/escluse.js'
import { rowId } from '../../support/ids.js'
import { sign } from '../../support/lemon-squeezy.js'
import { must, requestRefund } from '../../support/refunds.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const SECRET = 'whsec_test_secret'
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T10:00:00.000Z', environment: { ESCLUSE_WEBHOOK_SECRET: SECRET } })
  plans = await createCatalog(server)
  await server.services.db.user.createMany({ data: [10, 11].map((id) => ({ id: String(id), email: `user${id}@example.com` })) })
})
afterEach(() => server.close())

const REFUND = {
  refund_id: 'ref_xyz',
  amount: 1500,
  reason: 'customer_request',
  eligibility: { type: 'full', days_since_subscription: 3 },
}
const deliver = async (data: object) => {
  expect((await deliverEscluse(server.url, escluseEvent('refund_processed', data))).status).toBe(200)
}
const send = async (data: object) => {
  await deliver(data)
  await server.settle()
}
/** Buys Pro in the sandbox. @returns the ids of the purchase */
async function buy(userId: number): Promise<{ order: string; invoice: string; number: string; subscription: string; providerId: string }> {
  const input = { plan: 'pro', successUrl: server.url, cancelUrl: server.url }
  const { data } = await server.ask(userId, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input,
  })
  await fetch(`${data.createCheckout.checkoutUrl}/pay`, { method: 'POST', redirect: 'manual' })
  await server.settle()
  const bought = (await server.ask(userId, '{ subscription { id providerId } orders { nodes { id } } invoices { nodes { id number } } }'))
    .data
  return {
    order: bought.orders.nodes[0].id,
    invoice: bought.invoices.nodes[0].id,
    number: bought.invoices.nodes[0].number,
    subscription: bought.subscription.id,
    providerId: bought.subscription.providerId,
  }
}
const readAccount = async (userId: number) =>
  (
    await server.ask(
      userId,
      `{ me { currentPlan { slug } } subscription { status } orders { nodes { status refunds { reason amount { minorUnits } eligibility { type } } } }
        invoices { nodes { status creditNotes { number amount { minorUnits } } } } }`,
    )
  ).data
const listResults = async () =>
  (
    await server.services.db.providerEvent.findMany({
      where: { name: 'refund_processed' },
      orderBy: { id: 'asc' },
      select: { status: true, lastError: true },
    })
  ).map(({ status, lastError }) => (lastError === null ? status : `${status}: ${lastError}`))
const REFUNDED = {
  me: { currentPlan: { slug: 'free' } },
  subscription: null,
  orders: {
    nodes: [{ status: 'EXPIRED', refunds: [{ reason: 'customer_request', amount: { minorUnits: 1500 }, eligibility: { type: 'FULL' } }] }],
  },
  invoices: { nodes: [{ status: 'REFUNDED', creditNotes: [{ number: 'TESTCN-2026-000001', amount: { minorUnits: 1500 } }] }] },
}

test('records a refund without references when exactly one payment has its amount, and ends the plan', async () => {
  await buy(10)
  await send(REFUND)
  expect(await listResults()).toEqual(['PROCESSED'])
  expect(await readAccount(10)).toEqual(REFUNDED)
})

test('matches a refund by every id of its payment, with and without prefix, and by the customer', async () => {
  const references: [string, (bought: Awaited<ReturnType<typeof buy>>) => object][] = [
    ['order_id with its prefix', ({ order }) => ({ order_id: order })],
    ['order_id without its prefix', ({ order }) => ({ order_id: String(rowId(order)) })],
    ['order_id as a number', ({ order }) => ({ order_id: rowId(order) })],
    ['invoice_id with its prefix', ({ invoice }) => ({ invoice_id: invoice })],
    ['invoice_id without its prefix', ({ invoice }) => ({ invoice_id: String(rowId(invoice)) })],
    ['invoice_id as the invoice number', ({ number }) => ({ invoice_id: number })],
    ['subscription_id with its prefix', ({ subscription }) => ({ subscription_id: subscription })],
    ['subscription_id of the payment provider', ({ providerId }) => ({ subscription_id: providerId })],
    ['customer_email', () => ({ customer_email: 'USER28@example.com' })],
  ]
  await server.services.db.user.createMany({
    data: references.map((_reference, index) => ({ id: String(20 + index), email: `user${20 + index}@example.com` })),
  })
  await buy(11)
  for (const [index, [name, idOf]] of references.entries()) {
    const user = 20 + index
    const bought = await buy(user)
    await send({ ...REFUND, refund_id: `ref_${name}`, ...idOf(bought) })
    expect((await listResults()).at(-1), name).toBe('PROCESSED')
    const number = `TESTCN-2026-${String(index + 1).padStart(6, '0')}`
    const invoices = { nodes: [{ status: 'REFUNDED', creditNotes: [{ number, amount: { minorUnits: 1500 } }] }] }
    expect(await readAccount(user), name).toEqual({ ...REFUNDED, invoices })
  }
  expect((await readAccount(11)).invoices.nodes).toMatchObject([{ status: 'PAID', creditNotes: [] }])
})

test('refunds an order approved by an administrator, with a credit note of the real series', async () => {
  const { data } = await applyPlan(server, { userId: '10', planId: plans.pro })
  await send({ ...REFUND, order_id: data.applyPlan.order.id })
  expect(await readAccount(10)).toMatchObject({
    me: { currentPlan: { slug: 'free' } },
    invoices: { nodes: [{ status: 'REFUNDED', creditNotes: [{ number: 'CN-2026-000001' }] }] },
  })
})

describe('a refund is recorded once', () => {
  test('when its refund_id is repeated with another body', async () => {
    const { order } = await buy(10)
    await send({ ...REFUND, amount: 500, order_id: order })
    await send({ ...REFUND, amount: 700, order_id: order, reason: 'other' })
    await send({ ...REFUND, amount: 500, order_id: '999' })
    expect(await listResults()).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED'])
    expect(await readAccount(10)).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      orders: { nodes: [{ status: 'ACTIVE', refunds: [{ amount: { minorUnits: 500 } }] }] },
      invoices: { nodes: [{ status: 'PARTIALLY_REFUNDED', creditNotes: [{ amount: { minorUnits: 500 } }] }] },
    })
    await send({ ...REFUND, refund_id: 'ref_rest', amount: 1000, order_id: order })
    expect(await readAccount(10)).toMatchObject({ me: { currentPlan: { slug: 'free' } }, invoices: { nodes: [{ status: 'REFUNDED' }] } })
  })

  test('when both events are processed concurrently', async () => {
    const { order } = await buy(10)
    await deliver({ ...REFUND, amount: 400, order_id: order })
    await deliver({ ...REFUND, amount: 300, order_id: order })
    await Promise.all([server.runJobs(), server.runJobs()])
    await server.settle()
    expect(await server.services.db.refund.count()).toBe(1)
    expect(await listResults()).toEqual(['PROCESSED', 'PROCESSED'])
  })

  test('when it was requested here or reported by the payment provider before', async () => {
    const { order } = await buy(10)
    await server.ask(10, 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }', {
      input: { orderId: order },
    })
    await server.settle()
    await send({ ...REFUND, refund_id: 'ref_1' })
    await send({ ...REFUND, refund_id: 'ref_1', order_id: order })
    const other = await buy(11)
    const { providerPaymentId } = await server.services.db.payment.findFirstOrThrow({ where: { orderId: rowId(other.order) } })
    await server.services.providers.getActive().refund(providerPaymentId ?? '', 600n)
    await server.settle()
    await send({ ...REFUND, refund_id: 'ref_b', amount: 600, subscription_id: other.subscription })
    expect(await listResults()).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED'])
    expect(await server.services.db.refund.findMany({ select: { amount: true, providerRefundId: true }, orderBy: { id: 'asc' } })).toEqual([
      { amount: 1500n, providerRefundId: 'ref_1' },
      { amount: 600n, providerRefundId: 'ref_b' },
    ])
  })

  test('when the payment provider reports it afterwards; only further refunds are added', async () => {
    const { order } = await buy(10)
    await send({ ...REFUND, amount: 400, order_id: order })
    const { providerPaymentId } = await server.services.db.payment.findFirstOrThrow({ where: { orderId: rowId(order) } })
    await server.services.providers.getActive().refund(providerPaymentId ?? '', 400n)
    await server.settle()
    await server.services.providers.getActive().refund(providerPaymentId ?? '', 100n)
    await server.settle()
    expect((await readAccount(10)).invoices.nodes[0].creditNotes).toMatchObject([
      { amount: { minorUnits: 400 } },
      { amount: { minorUnits: 100 } },
    ])
  })
})

test('the number of a refund of ours does not stand for the refund of another payment', async () => {
  const [first, second] = [await buy(10), await buy(11)]
  await server.ask(10, 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }', {
    input: { orderId: first.order },
  })
  await server.settle()
  // Escluse numbers its own refunds: its first one is not our first one.
  await send({ ...REFUND, refund_id: '1', invoice_id: second.invoice })
  await send({ ...REFUND, refund_id: 'ref_1', customer_email: 'user11@example.com' })
  expect((await listResults())[0]).toBe('PROCESSED')
  expect(await readAccount(11)).toMatchObject({ me: { currentPlan: { slug: 'free' } }, invoices: { nodes: [{ status: 'REFUNDED' }] } })
  expect(await server.services.db.refund.findMany({ select: { orderId: true, providerRefundId: true }, orderBy: { id: 'asc' } })).toEqual([
    { orderId: BigInt(rowId(first.order)), providerRefundId: null },
    { orderId: BigInt(rowId(second.order)), providerRefundId: expect.any(String) },
  ])
})

describe('a refund is parked', () => {
  const parked = async (data: object) => {
    await send(data)
    expect(await server.services.db.refund.count()).toBe(0)
    return (await listResults()).at(-1)
  }

  test('when its amount matches no payment, or more than one', async () => {
    expect(await parked(REFUND)).toBe(
      'PARKED: no payment of 1500 minor units can be refunded; send order_id, invoice_id or subscription_id in data',
    )
    await buy(10)
    await buy(11)
    expect(await parked(REFUND)).toBe(
      'PARKED: more than one payment of 1500 minor units matches; send order_id, invoice_id or subscription_id, or customer_email in data',
    )
    expect(await parked({ ...REFUND, customer_email: 'nobody@example.com' })).toBe(
      'PARKED: no payment of nobody@example.com of 1500 minor units can be refunded; send order_id, invoice_id or subscription_id in data',
    )
    expect(await parked({ ...REFUND, customer_email: 'user_0@example.com' })).toMatch(/^PARKED: no payment of user_0/)
    expect(await parked({ ...REFUND, customer_email: 'user10@example.com', currency: 'EUR' })).toMatch(/^PARKED: no payment of user10/)
  })

  test('when it may report an earlier refund of the same amount', async () => {
    const { order } = await buy(10)
    await server.ask(10, 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }', {
      input: { orderId: order },
    })
    await buy(11)
    await send(REFUND)
    expect((await listResults()).at(-1)).toMatch(/^PARKED: more than one payment/)
    expect((await readAccount(11)).me.currentPlan.slug).toBe('pro')
  })

  test('when a reference is unknown or contradicts another one', async () => {
    const [first, second] = [await buy(10), await buy(11)]
    expect(await parked({ ...REFUND, order_id: 'ord_999' })).toBe('PARKED: data.order_id: order ord_999 does not exist')
    expect(await parked({ ...REFUND, invoice_id: 'INV-1' })).toBe('PARKED: data.invoice_id: invoice INV-1 does not exist')
    expect(await parked({ ...REFUND, subscription_id: 'sub_none' })).toBe(
      'PARKED: data.subscription_id: subscription sub_none does not exist',
    )
    expect(await parked({ ...REFUND, order_id: first.order, invoice_id: second.invoice })).toBe(
      'PARKED: data.order_id and data.invoice_id name different payments',
    )
    expect(await parked({ ...REFUND, order_id: first.order, subscription_id: second.subscription })).toBe(
      `PARKED: data.subscription_id: ${second.subscription} belongs to another customer than order ${rowId(first.order)}`,
    )
    expect(await parked({ ...REFUND, order_id: first.order, currency: 'EUR' })).toBe(
      `PARKED: data.currency: order ${rowId(first.order)} was paid in USD, not in EUR`,
    )
  })

  test('when it exceeds the remaining amount of the payment', async () => {
    const { order, subscription } = await buy(10)
    expect(await parked({ ...REFUND, order_id: order, amount: 1501 })).toBe(
      `PARKED: data.amount: 1501 exceeds the 1500 of 1500 minor units of order ${rowId(order)} that can be refunded`,
    )
    expect(await parked({ ...REFUND, subscription_id: subscription, amount: 1501 })).toBe(
      `PARKED: data.amount: no payment of subscription ${subscription} has 1501 minor units left to refund`,
    )
  })

  test('when no payment of its subscription is recorded here', async () => {
    const created = { subscription_id: 'sub_abc123', plan: 'pro', customer_email: 'user10@example.com' }
    const body = escluseEvent('subscription_created', created)
    expect((await deliverEscluse(server.url, body)).status).toBe(200)
    await server.settle()
    expect(await parked({ ...REFUND, subscription_id: 'sub_abc123' })).toBe(
      'PARKED: data.subscription_id: no payment of subscription sub_abc123 is recorded here',
    )
    expect((await readAccount(10)).me.currentPlan.slug).toBe('pro')
  })

  test('when it has no valid refund_id or amount', async () => {
    await buy(10)
    for (const refund_id of [undefined, null, '', ' ', 'x'.repeat(101)]) {
      expect(await parked({ ...REFUND, refund_id }), String(refund_id)).toMatch(/^PARKED: data\.refund_id: /)
    }
    for (const amount of [undefined, '1500', 15.5, 0, -1500, 1e300]) {
      expect(await parked({ ...REFUND, amount }), String(amount)).toMatch(/^PARKED: data\.amount: /)
    }
  })
})

test('records a parked refund when it is replayed after its payment', async () => {
  await send({ ...REFUND, customer_email: 'user10@example.com' })
  await buy(10)
  const [{ id }] = (await server.ask('admin', '{ providerEvents(status: PARKED) { nodes { id } } }')).data.providerEvents.nodes
  await server.ask('admin', 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }', { id })
  await server.settle()
  expect(await readAccount(10)).toEqual(REFUNDED)
})

test('replaces a reason that credit notes cannot print', async () => {
  const { order } = await buy(10)
  for (const [index, reason] of ['a\u0007b', 'x'.repeat(201), { code: 5 }, undefined, '\u{13000}'].entries()) {
    await send({ refund_id: `ref_${index}`, amount: 100 + index, order_id: order, reason })
  }
  const { refunds } = (await readAccount(10)).orders.nodes[0]
  expect(refunds.map(({ reason }: { reason: string }) => reason)).toEqual(Array.from({ length: 5 }, () => 'Refunded by Escluse'))
})

test('states the standard reason on the credit note in the language of the invoice', async () => {
  const details = 'mutation { setBillingDetails(input: { name: "Ada", locale: "fr-FR" }) { billingDetails { locale } } }'
  await server.ask(10, details)
  const { order } = await buy(10)
  await send({ refund_id: 'ref_1', amount: 100, order_id: order })
  await send({ refund_id: 'ref_2', amount: 200, order_id: order, reason: 'Outage' })
  const query = '{ orders { nodes { refunds { reason creditNotes { reason } } } } }'
  expect((await server.ask(10, query)).data.orders.nodes[0].refunds).toEqual([
    { reason: 'Refunded by Escluse', creditNotes: [{ reason: 'Remboursé par Escluse' }] },
    { reason: 'Outage', creditNotes: [{ reason: 'Outage' }] },
  ])
})

test('rejects a refund whose signature does not match', async () => {
  await buy(10)
  const body = escluseEvent('refund_processed', REFUND)
  const headers = { 'content-type': 'application/json', 'x-signature': sign(body, SECRET) }
  const response = await fetch(`${server.url}/webhooks/escluse`, { method: 'POST', headers, body: body.replace('1500', '1499') })
  expect([response.status, await listResults()]).toEqual([401, []])
})

test('a refund that was made outside of the provider is not requested there with the next ones', async () => {
  const { order: orderId } = await buy(10)
  const { providerPaymentId } = await server.services.db.payment.findFirstOrThrow()
  await send({ ...REFUND, amount: 100, order_id: orderId })
  const atProvider: (bigint | undefined)[] = []
  for (const amount of [200, 50]) {
    must(await requestRefund(server, 'admin', { orderId, amount, reason: 'Settlement' }))
    await server.settle()
    atProvider.push((await server.services.providers.getActive().readPayment(providerPaymentId ?? ''))?.refunded)
  }
  expect(atProvider).toEqual([200n, 250n])
})
