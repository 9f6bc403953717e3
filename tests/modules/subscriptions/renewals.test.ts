import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { buy, cancelSubscription, dataOf, grantCredit, order, readBalances, recordPayment, reversePayment } from '../../support/payments.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const BOUGHT = '2026-12-05T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 300

beforeAll(async () => {
  server = await startServer({ now: BOUGHT, environment: { GRACE_DAYS: '3' } })
  plans = await createCatalog(server)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  server.clock.set(BOUGHT)
  await server.ask(user, '{ me { id } }')
})

/** Moves the clock, and runs the job of every minute. */
async function advanceTo(...times: string[]): Promise<void> {
  for (const time of times) {
    server.clock.set(time)
    await server.tick()
  }
}

const SUBSCRIPTION = 'status suspendedReason collection plan { slug } pendingPlan { slug } currentPeriodStart currentPeriodEnd'

async function readSubscription(who = user): Promise<any> {
  return (await dataOf(server.ask(who, `{ subscription { id ${SUBSCRIPTION} } }`))).subscription
}

/** The latest subscription, also if it has ended. */
async function readLatest(who = user): Promise<any> {
  const query = `query ($filter: SubscriptionFilter!) { allSubscriptions(first: 1, filter: $filter) { nodes { ${SUBSCRIPTION} } } }`
  return (await dataOf(server.ask('admin', query, { filter: { customerId: `user_${who}` } }))).allSubscriptions.nodes[0]
}

const INVOICE =
  'id status amount { minorUnits } amountDue { minorUnits } createdAt dueAt order { id reason status } creditNotes { amount { minorUnits } }'

/** Oldest first. */
async function readInvoices(who = user): Promise<any[]> {
  const { invoices } = await dataOf(server.ask(who, `{ invoices(first: 50) { nodes { ${INVOICE} } } }`))
  return invoices.nodes.reverse()
}

async function pay(invoiceId: string, amount = 1500, reference = `transfer of ${invoiceId}`): Promise<void> {
  await dataOf(recordPayment(server, { invoiceId, amount, reference }))
}

const EVENTS = [
  'subscription.suspended',
  'subscription.resumed',
  'subscription.terminated',
  'renewal.upcoming',
  'invoice.due',
  'invoice.overdue',
]

async function readEvents(who = user): Promise<string[]> {
  const { rows } = await server.owner.query('SELECT type, payload FROM outbox_events WHERE holder = $1 AND type = ANY ($2) ORDER BY id', [
    `user:${who}`,
    EVENTS,
  ])
  return rows.map(({ type, payload }) => [type, payload.reason ?? payload.days].filter((part) => part !== undefined).join(' '))
}

function askAdmin(mutation: string, input: object) {
  const name = mutation.charAt(0).toUpperCase() + mutation.slice(1)
  return server.ask('admin', `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename } }`, { input })
}

const admin = (mutation: string, input: object) => dataOf(askAdmin(mutation, input))

describe('Renewal by invoice: Pro 1500, approved 2026-12-05T10:00Z', () => {
  beforeEach(() => buy(server, user, plans.pro))

  test('the invoice of 12-29 is for 01-05 to 02-05, and due when the period ends', async () => {
    await advanceTo('2026-12-29T09:59:59.999Z')
    expect((await readInvoices()).length).toBe(1)
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, renewal] = await readInvoices()
    expect(renewal).toMatchObject({
      status: 'OPEN',
      amount: { minorUnits: 1500 },
      createdAt: '2026-12-29T10:00:00.000Z',
      dueAt: '2027-01-05T10:00:00.000Z',
      order: { reason: 'RENEWAL', status: 'PENDING' },
    })
    const { periodStart, periodEnd } = await server.services.db.order.findFirstOrThrow({
      where: { userId: String(user), reason: 'RENEWAL' },
    })
    expect([periodStart?.toISOString(), periodEnd?.toISOString()]).toEqual(['2027-01-05T10:00:00.000Z', '2027-02-05T10:00:00.000Z'])
  })

  test('is issued once, however often the job runs', async () => {
    server.clock.set('2026-12-29T10:00:00.000Z')
    await Promise.all([server.tick(), server.tick(), server.tick()])
    await server.tick()
    expect((await readInvoices()).length).toBe(2)
  })

  test('paid on 01-04: the new period begins on its day, and the order is active then', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-04T10:00:00.000Z')
    const [, renewal] = await readInvoices()
    await pay(renewal.id)
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', currentPeriodEnd: '2027-01-05T10:00:00.000Z' })
    expect((await readInvoices()).map(({ order }) => order.status)).toEqual(['ACTIVE', 'PENDING'])
    await advanceTo('2027-01-05T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', currentPeriodEnd: '2027-02-05T10:00:00.000Z' })
    expect((await readInvoices()).map(({ order }) => order.status)).toEqual(['EXPIRED', 'ACTIVE'])
  })

  test('twelve renewals in a year make 13 orders and 13 paid invoices', async () => {
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 18_000, currency: 'USD' } }))
    await advanceTo('2027-12-05T10:00:00.000Z')
    expect((await readInvoices()).map(({ status, amount }) => [status, amount.minorUnits])).toEqual(Array(13).fill(['PAID', 1500]))
    expect(await server.services.db.order.count({ where: { userId: String(user) } })).toBe(13)
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', currentPeriodEnd: '2028-01-05T10:00:00.000Z' })
  })

  test('fourteen periods, paid one by one, give fourteen orders and fourteen invoices', async () => {
    for (let month = 1; month <= 13; month += 1) {
      const at = (day: number) => new Date(Date.UTC(2026, 11 + month, day, 10)).toISOString()
      await advanceTo(at(1))
      const invoices = await readInvoices()
      await pay(invoices.at(-1).id)
      await advanceTo(at(5))
    }
    expect((await readInvoices()).map(({ status }) => status)).toEqual(Array(14).fill('PAID'))
    expect(await server.services.db.order.count({ where: { userId: String(user) } })).toBe(14)
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', currentPeriodEnd: '2028-02-05T10:00:00.000Z' })
  })

  test('not paid: PAST_DUE on 01-05T10:00, UNPAID three days later', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-05T09:59:59.999Z')
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE' })
    await advanceTo('2027-01-05T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({
      status: 'PAST_DUE',
      suspendedReason: null,
      currentPeriodEnd: '2027-02-05T10:00:00.000Z',
    })
    const { me } = await dataOf(server.ask(user, '{ me { currentPlan { slug } } }'))
    expect(me.currentPlan.slug).toBe('pro')
    await advanceTo('2027-01-08T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({ status: 'UNPAID', suspendedReason: 'OVERDUE' })
    expect((await dataOf(server.ask(user, '{ me { currentPlan { slug } } }'))).me.currentPlan.slug).toBe('free')
  })

  test('paid on 01-20: active again with the payment, and the period stays', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-20T10:00:00.000Z')
    const [, renewal] = await readInvoices()
    await pay(renewal.id)
    expect(await readSubscription()).toMatchObject({
      status: 'ACTIVE',
      suspendedReason: null,
      currentPeriodStart: '2027-01-05T10:00:00.000Z',
      currentPeriodEnd: '2027-02-05T10:00:00.000Z',
    })
    expect((await readInvoices())[1].order.status).toBe('ACTIVE')
    expect(await readEvents()).toEqual(['renewal.upcoming', 'subscription.suspended OVERDUE', 'invoice.overdue 7', 'subscription.resumed'])
  })

  test('never paid: EXPIRED on 02-04T10:00, with a credit note', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-02-04T09:59:59.999Z')
    expect(await readSubscription()).toMatchObject({ status: 'UNPAID' })
    await advanceTo('2027-02-04T10:00:00.000Z')
    expect(await readSubscription()).toBeNull()
    expect(await readLatest()).toMatchObject({ status: 'EXPIRED', suspendedReason: null })
    const [, renewal] = await readInvoices()
    expect(renewal).toMatchObject({ status: 'VOID', order: { status: 'EXPIRED' }, creditNotes: [{ amount: { minorUnits: 1500 } }] })
    expect((await readEvents()).at(-1)).toBe('subscription.terminated')
  })

  test('a clock that jumps a year finds an unpaid subscription terminated long ago', async () => {
    await advanceTo('2027-12-05T10:00:00.000Z')
    expect(await readLatest()).toMatchObject({ status: 'EXPIRED' })
    expect((await readInvoices()).map(({ status }) => status)).toEqual(['PAID', 'VOID'])
  })

  test('reminders are events at -3, +1 and +7 days from the due date, once each', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    for (let day = 1; day <= 14; day += 1) await advanceTo(`2027-01-${String(day).padStart(2, '0')}T10:00:00.000Z`)
    expect((await readEvents()).filter((event) => event.startsWith('invoice'))).toEqual([
      'invoice.due -3',
      'invoice.overdue 1',
      'invoice.overdue 7',
    ])
  })

  test('an extended due date lifts the suspension and has reminders of its own', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-20T10:00:00.000Z')
    const [, { id: invoiceId }] = await readInvoices()
    expect(codeOf(await askAdmin('extendDueDate', { invoiceId, dueAt: '2027-01-19T10:00:00.000Z' }))).toBe('BAD_USER_INPUT')
    await admin('extendDueDate', { invoiceId, dueAt: '2027-02-20T10:00:00.000Z' })
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', suspendedReason: null })
    await advanceTo('2027-02-05T10:00:00.000Z')
    expect((await readInvoices())[2]).toMatchObject({ status: 'OPEN', dueAt: '2027-02-05T10:00:00.000Z' })
    await advanceTo('2027-02-21T10:00:00.000Z')
    const reminders = await readEvents()
    expect(reminders.filter((event) => event === 'invoice.overdue 1').length).toBe(1)
  })

  test('a written-off invoice is settled: the subscription continues', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-20T10:00:00.000Z')
    const [, { id: invoiceId }] = await readInvoices()
    await pay(invoiceId, 400)
    await admin('voidInvoice', { invoiceId, reason: 'A promise of support' })
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE' })
    expect((await readInvoices())[1]).toMatchObject({ status: 'PARTIALLY_REFUNDED', creditNotes: [{ amount: { minorUnits: 1100 } }] })
    expect(codeOf(await askAdmin('voidInvoice', { invoiceId }))).toBe('INVALID_TRANSITION')
  })

  test('upcomingInvoice previews what is issued then, also with a scheduled change and some balance', async () => {
    const query = `{ upcomingInvoice { plan { slug } periodStart periodEnd issueAt total { minorUnits } lines { description }
      fromBalance { minorUnits } amountDue { minorUnits } } }`
    const preview = async () => (await dataOf(server.ask(user, query))).upcomingInvoice
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 300, currency: 'USD' } }))
    expect(await preview()).toMatchObject({
      plan: { slug: 'pro' },
      periodStart: '2027-01-05T10:00:00.000Z',
      periodEnd: '2027-02-05T10:00:00.000Z',
      issueAt: '2026-12-29T10:00:00.000Z',
      total: { minorUnits: 1500 },
      fromBalance: { minorUnits: 300 },
      amountDue: { minorUnits: 1200 },
    })
    await dataOf(
      server.ask(user, 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { subscription { id } } }', { id: plans.starter }),
    )
    const { plan, total, fromBalance, amountDue } = await preview()
    expect([plan.slug, total.minorUnits, fromBalance.minorUnits, amountDue.minorUnits]).toEqual(['starter', 500, 300, 200])
    await advanceTo('2026-12-29T10:00:00.000Z')
    expect((await readInvoices())[1]).toMatchObject({ amount: { minorUnits: 500 }, amountDue: { minorUnits: 200 } })
    expect(await preview()).toMatchObject({
      periodStart: '2027-02-05T10:00:00.000Z',
      total: { minorUnits: 500 },
      fromBalance: { minorUnits: 0 },
    })
    await dataOf(cancelSubscription(server, user))
    expect(await preview()).toBeNull()
  })

  test('part payments add up, and an overpayment goes to the balance', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, { id }] = await readInvoices()
    await pay(id, 700, 'transfer 1')
    expect((await readInvoices())[1]).toMatchObject({ status: 'OPEN', amountDue: { minorUnits: 800 } })
    await pay(id, 900, 'transfer 2')
    expect((await readInvoices())[1]).toMatchObject({ status: 'PAID' })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 100 }])
  })

  test('a renewal that is paid already goes to the balance when the subscription is cancelled, and pays it when resumed', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, { id }] = await readInvoices()
    await pay(id)
    await dataOf(cancelSubscription(server, user))
    expect((await readInvoices())[1]).toMatchObject({ status: 'REFUNDED', order: { status: 'CANCELLED' } })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 1500 }])
    await dataOf(server.ask(user, 'mutation { resumeSubscription(input: {}) { subscription { status } } }'))
    expect((await readInvoices())[2]).toMatchObject({ status: 'PAID', order: { status: 'PENDING' } })
  })

  test('is priced by a scheduled change, and reissued when that is revoked', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { subscription { pendingPlan { slug } } } }'
    await dataOf(server.ask(user, change, { id: plans.starter }))
    expect((await readInvoices()).map(({ status, amount }) => [status, amount.minorUnits])).toEqual([
      ['PAID', 1500],
      ['VOID', 1500],
      ['OPEN', 500],
    ])
    await dataOf(server.ask(user, 'mutation { revokePlanChange(input: {}) { subscription { status } } }'))
    expect((await readInvoices()).slice(2).map(({ status, amount }) => [status, amount.minorUnits])).toEqual([
      ['VOID', 500],
      ['OPEN', 1500],
    ])
  })

  test('repeats the price at which the plan was sold, on one line, when the catalog has another one', async () => {
    const update = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
    await dataOf(server.ask('admin', update, { input: { id: plans.pro, price: 1700 } }))
    await advanceTo('2026-12-29T10:00:00.000Z')
    await dataOf(server.ask('admin', update, { input: { id: plans.pro, price: 1500 } }))
    const query = '{ invoices(first: 1) { nodes { lines { amount { minorUnits } } } } }'
    expect((await dataOf(server.ask(user, query))).invoices.nodes[0].lines).toEqual([{ amount: { minorUnits: 1500 } }])
  })

  test('a reversed payment suspends from the reversal on, and ends a cancelled subscription at once', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, { id }] = await readInvoices()
    await pay(id)
    await advanceTo('2027-01-10T10:00:00.000Z')
    const { payments } = (await dataOf(server.ask(user, `query ($id: ID!) { invoice(id: $id) { payments { id } } }`, { id }))).invoice
    await dataOf(reversePayment(server, { paymentId: payments[0].id }))
    expect(await readSubscription()).toMatchObject({ status: 'PAST_DUE' })
    await advanceTo('2027-01-13T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({ status: 'UNPAID' })
    await dataOf(cancelSubscription(server, user))
    expect(await readLatest()).toMatchObject({ status: 'EXPIRED' })
  })

  test('an order of a renewal is cancelled with its subscription, not alone', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, { order }] = await readInvoices()
    const cancel = 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }'
    expect(codeOf(await server.ask(user, cancel, { id: order.id }))).toBe('INVALID_TRANSITION')
  })

  test('approving the order of a renewal pays its invoice', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [, { order }] = await readInvoices()
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: order.id }))
    expect((await readInvoices())[1]).toMatchObject({ status: 'PAID' })
  })
})

describe('a paid renewal whose period has begun before the job of this minute', () => {
  const PAID = '2027-01-04T10:00:00.000Z'
  // 62 of 744 hours are used.
  const UNUSED = { amount: 1375 }

  beforeEach(async () => {
    await buy(server, user, plans.pro)
    await advanceTo('2026-12-29T10:00:00.000Z', PAID)
    await pay((await readInvoices())[1].id)
    server.clock.set('2027-01-08T00:00:00.000Z')
  })

  const ends: readonly [string, () => Promise<unknown>][] = [
    ['cancelPlan', () => admin('cancelPlan', { userId: String(user) })],
    ['a plan that is granted instead', () => dataOf(applyPlan(server, { userId: String(user), planId: plans.starter, amount: 0 }))],
    ['cancelOrder', async () => cancelOrder((await readInvoices())[1].order.id)],
  ]

  test.each(ends)('is credited for its unused days by %s', async (_name, end) => {
    await end()
    expect(await readBalances(server, user)).toMatchObject([UNUSED])
    expect((await readInvoices())[1]).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      creditNotes: [{ amount: { minorUnits: UNUSED.amount } }],
    })
  })

  test('is refunded for its unused days', async () => {
    const { id } = (await readInvoices())[1].order
    const request = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { amount { minorUnits } } } }'
    const { requestRefund } = await dataOf(
      server.ask('admin', request, { input: { orderId: id, amount: 100, endPlan: true, reason: 'Goodwill' } }),
    )
    expect(requestRefund.refund.amount.minorUnits).toBe(100)
    expect((await readBalances(server, user))[0].amount).toBe(UNUSED.amount)
  })

  function cancelOrder(orderId: string): Promise<unknown> {
    return dataOf(server.ask(user, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { status } } }', { id: orderId }))
  }
})

test('a scheduled plan that has taken effect cannot be revoked, although the job of this minute has not run', async () => {
  await buy(server, user, plans.pro)
  const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { subscription { id } } }'
  await dataOf(server.ask(user, change, { id: plans.starter }))
  await advanceTo('2026-12-29T10:00:00.000Z')
  await pay((await readInvoices())[1].id, 500)
  server.clock.set('2027-01-05T10:00:00.000Z')
  expect(codeOf(await server.ask(user, 'mutation { revokePlanChange(input: {}) { subscription { id } } }'))).toBe('INVALID_TRANSITION')
  await server.tick()
  expect(await readSubscription()).toMatchObject({ plan: { slug: 'starter' }, pendingPlan: null })
  expect((await readInvoices()).map(({ status, amount }) => [status, amount.minorUnits])).toEqual([
    ['PAID', 1500],
    ['PAID', 500],
  ])
})

test('upcomingInvoice takes an organisation or a subscription, not both', async () => {
  const answer = await server.ask(user, '{ upcomingInvoice(organisationId: "o1", subscriptionId: "sub_1") { periodStart } }')
  expect(codeOf(answer)).toBe('BAD_USER_INPUT')
})

/** Approves an order for Pro that ends on 2027-02-01. @returns the id of its invoice */
async function buyUntilFebruary(): Promise<string> {
  const orderId = await order(server, user, plans.pro)
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId, expiresAt: '2027-02-01T00:00:00.000Z' }))
  return (await readInvoices())[0].id
}

test('a purchase with expiresAt whose payment has bounced ends at that time, and its invoice stays open', async () => {
  const id = await buyUntilFebruary()
  await advanceTo('2027-01-30T00:00:00.000Z')
  const { payments } = (await dataOf(server.ask(user, `query ($id: ID!) { invoice(id: $id) { payments { id } } }`, { id }))).invoice
  await dataOf(reversePayment(server, { paymentId: payments[0].id }))
  await advanceTo('2027-02-01T00:00:00.000Z')
  expect(await readLatest()).toMatchObject({ status: 'EXPIRED' })
  expect(await readInvoices()).toMatchObject([{ status: 'OPEN' }])
  expect(await server.services.db.subscription.count({ where: { userId: String(user), collectAt: { not: null } } })).toBe(0)
})

test('a purchase with expiresAt ends at that time and is not renewed', async () => {
  await buyUntilFebruary()
  await advanceTo('2027-01-31T23:59:59.999Z')
  expect(await readSubscription()).toMatchObject({ status: 'ACTIVE' })
  await advanceTo('2027-02-01T00:00:00.000Z')
  expect(await readLatest()).toMatchObject({ status: 'EXPIRED' })
  expect((await readInvoices()).length).toBe(1)
})

describe('an administrator', () => {
  test('suspends and unsuspends a subscription; a payment does not clear the mark', async () => {
    await buy(server, user, plans.pro)
    const { id: subscriptionId } = await readSubscription()
    await admin('suspendSubscription', { subscriptionId, reason: 'ABUSE', notes: 'Sends spam' })
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', suspendedReason: 'ABUSE' })
    expect((await dataOf(server.ask(user, '{ me { currentPlan { slug } } }'))).me.currentPlan.slug).toBe('free')
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-10T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({ status: 'UNPAID', suspendedReason: 'ABUSE' })
    const [, { id }] = await readInvoices()
    await pay(id)
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', suspendedReason: 'ABUSE' })
    await admin('unsuspendSubscription', { subscriptionId })
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', suspendedReason: null })
    expect((await dataOf(server.ask(user, '{ me { currentPlan { slug } } }'))).me.currentPlan.slug).toBe('pro')
    expect(codeOf(await askAdmin('unsuspendSubscription', { subscriptionId }))).toBe('INVALID_TRANSITION')
    expect((await readEvents()).filter((event) => event.startsWith('subscription'))).toEqual([
      'subscription.suspended ABUSE',
      'subscription.resumed',
    ])
  })

  test('cannot suspend for an overdue invoice, which follows from the invoice', async () => {
    await buy(server, user, plans.pro)
    const { id: subscriptionId } = await readSubscription()
    expect(codeOf(await askAdmin('suspendSubscription', { subscriptionId, reason: 'OVERDUE' }))).toBe('BAD_USER_INPUT')
    expect(codeOf(await askAdmin('suspendSubscription', { subscriptionId: 'sub_999999', reason: 'ADMIN' }))).toBe('SUBSCRIPTION_NOT_FOUND')
  })

  test('switches a granted plan to INVOICE and back', async () => {
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, amount: 0 }))
    const { id: subscriptionId } = await readSubscription()
    await admin('setCollection', { subscriptionId, collection: 'INVOICE' })
    await advanceTo('2026-12-29T10:00:00.000Z')
    expect(await readInvoices()).toMatchObject([{ status: 'OPEN', amount: { minorUnits: 1500 }, dueAt: '2027-01-05T10:00:00.000Z' }])
    await admin('setCollection', { subscriptionId, collection: 'NONE' })
    expect(await readInvoices()).toMatchObject([{ status: 'VOID' }])
    await advanceTo('2027-02-10T10:00:00.000Z')
    expect(await readSubscription()).toMatchObject({ status: 'ACTIVE', collection: 'NONE', currentPeriodEnd: '2027-03-05T10:00:00.000Z' })
    expect(codeOf(await askAdmin('setCollection', { subscriptionId, collection: 'NONE' }))).toBe('INVALID_TRANSITION')
    expect(codeOf(await askAdmin('setCollection', { subscriptionId, collection: 'PROVIDER' }))).toBe('BAD_USER_INPUT')
  })

  test('bills no period that has passed when a granted plan becomes renewed by invoice', async () => {
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, amount: 0 }))
    server.clock.set('2027-03-10T10:00:00.000Z')
    await admin('setCollection', { subscriptionId: (await readSubscription()).id, collection: 'INVOICE' })
    await server.tick()
    expect(await readInvoices()).toEqual([])
    expect(await readSubscription()).toMatchObject({ currentPeriodStart: '2027-03-05T10:00:00.000Z' })
  })

  test('is the only one who may', async () => {
    await buy(server, user, plans.pro)
    const { id: subscriptionId } = await readSubscription()
    const suspend = 'mutation ($input: SuspendSubscriptionInput!) { suspendSubscription(input: $input) { __typename } }'
    expect(codeOf(await server.ask(user, suspend, { input: { subscriptionId, reason: 'ADMIN' } }))).toBe('FORBIDDEN')
  })
})
