import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, grantCredit } from '../../support/payments.js'
import { applyPlan, cancelPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

// DOMAIN: "Changing plans" and "One plan per customer", for plans that we collect ourselves.

let server: TestServer
let plans: Catalog
const USER = 10

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T00:00:00.000Z' })
  plans = await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const ask = async (who: number | 'admin', query: string, variables?: object) => {
  const { data, errors } = await server.ask(who, query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

/** Buys a plan: an order that an administrator approves. */
async function buy(planId: string, user = USER): Promise<string> {
  const placed = await placeOrder(server, user, { planId })
  const orderId = placed.data.placeOrder.order.id
  const approved = await applyPlan(server, { userId: String(user), planId, orderId })
  expect(codeOf(approved)).toBe('none')
  return orderId
}

const PREVIEW =
  'when effectiveAt credit { minorUnits } charge { minorUnits } fromBalance { minorUnits } dueNow { minorUnits } creditLeft { minorUnits } isEstimate'
const preview = async (planId: string, when?: string) =>
  flat(
    (
      await ask(USER, `query ($planId: ID!, $when: ChangeTime) { changePlanPreview(planId: $planId, when: $when) { ${PREVIEW} } }`, {
        planId,
        when,
      })
    ).changePlanPreview,
  )
const CHANGE = `mutation ($input: ChangePlanInput!) { changePlan(input: $input) { change { ${PREVIEW} }
  order { id status reason amount { minorUnits } description expiresAt } subscription { status plan { slug } } } }`
const change = (planId: string, when?: string) => server.ask(USER, CHANGE, { input: { planId, when } })
/** Amounts as numbers. */
const flat = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, (value as { minorUnits?: number } | null)?.minorUnits ?? value]))
const approve = (planId: string, orderId: string) => applyPlan(server, { userId: String(USER), planId, orderId })
/** Moves the clock and runs what is due. */
const advanceClock = async (to: string) => {
  await ask('admin', 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
  await server.settle()
}
const account = async () => {
  const { db } = server.services
  const subscription = await db.subscription.findFirst({ where: { userId: String(USER), status: { not: 'EXPIRED' } } })
  const ledger = await db.ledgerAccount.findFirst({ where: { userId: String(USER) } })
  const invoices = await db.invoice.findMany({ where: { userId: String(USER) }, orderBy: { id: 'asc' } })
  return {
    subscription,
    balance: ledger ? Number(-ledger.balance) : 0,
    documents: invoices.map(({ kind, status, total }) => [kind, status, Number(total)]),
  }
}

describe('credit and charge of a change now', () => {
  const example = async (boughtAt: string, changedAt: string) => {
    server.clock.set(boughtAt)
    await buy(plans.starter)
    server.clock.set(changedAt)
    const { credit, charge, dueNow } = await preview(plans.pro, 'NOW')
    return [credit, charge, dueNow]
  }

  test('500 to 1500 on 05-16 is -258 + 774 = 516', async () => {
    expect(await example('2026-05-01T00:00:00.000Z', '2026-05-16T00:00:00.000Z')).toEqual([-258, 774, 516])
  })
  test('500 to 1500 on 05-16T12:00 is -250 + 750 = 500', async () => {
    expect(await example('2026-05-01T00:00:00.000Z', '2026-05-16T12:00:00.000Z')).toEqual([-250, 750, 500])
  })
  test('500 to 1500 on 05-18 is -226 + 677 = 451', async () => {
    expect(await example('2026-05-01T00:00:00.000Z', '2026-05-18T00:00:00.000Z')).toEqual([-226, 677, 451])
  })
})

test('the amount due creates a pending order, whose payment makes the change as previewed', async () => {
  await buy(plans.starter)
  server.clock.set('2026-05-16T00:00:00.000Z')
  const previewed = await preview(plans.pro)
  expect(previewed).toMatchObject({ when: 'NOW', credit: -258, charge: 774, dueNow: 516, isEstimate: false })
  const { data } = await change(plans.pro)
  expect(flat(data.changePlan.change)).toEqual(previewed)
  expect(data.changePlan).toMatchObject({
    order: {
      status: 'PENDING',
      reason: 'PLAN_CHANGE',
      amount: { minorUnits: 516 },
      description: 'Pro, rest of the period, Starter, unused part of the period',
      expiresAt: '2026-05-23T00:00:00.000Z',
    },
    subscription: { plan: { slug: 'starter' } },
  })
  expect(codeOf(await approve(plans.pro, data.changePlan.order.id))).toBe('none')
  const { subscription, balance, documents } = await account()
  expect(subscription).toMatchObject({ planName: 'Pro', price: 1500n, currentPeriodEnd: new Date('2026-06-01T00:00:00.000Z') })
  expect(documents).toEqual([
    ['INVOICE', 'PARTIALLY_REFUNDED', 500],
    ['INVOICE', 'PAID', 774],
    ['CREDIT_NOTE', 'PAID', 258],
  ])
  expect(balance).toBe(0)
})

test('a pending change that is paid later is calculated again; the excess goes to the balance', async () => {
  await buy(plans.starter)
  server.clock.set('2026-05-16T00:00:00.000Z')
  const { data } = await change(plans.pro)
  server.clock.set('2026-05-18T00:00:00.000Z')
  const approved = await approve(plans.pro, data.changePlan.order.id)
  expect(approved.data.applyPlan.order).toMatchObject({ status: 'ACTIVE', amount: { minorUnits: 451 } })
  const first = await ask(USER, 'query ($id: ID!) { order(id: $id) { status } }', { id: data.changePlan.order.id })
  expect(first.order.status).toBe('CANCELLED')
  expect((await account()).documents.slice(1)).toEqual([
    ['INVOICE', 'PAID', 677],
    ['CREDIT_NOTE', 'PAID', 226],
  ])
})

test('a second change replaces the one that waits for its payment', async () => {
  await buy(plans.starter)
  server.clock.set('2026-05-16T00:00:00.000Z')
  const first = await change(plans.pro)
  const second = await change(plans.pro)
  const { orders } = await ask(USER, '{ orders { nodes { id status } } }')
  expect(orders.nodes.map(({ status }: { status: string }) => status)).toEqual(['PENDING', 'CANCELLED', 'ACTIVE'])
  expect(codeOf(await approve(plans.pro, first.data.changePlan.order.id))).toBe('INVALID_TRANSITION')
  expect(codeOf(await approve(plans.pro, second.data.changePlan.order.id))).toBe('none')
})

test('a pending change expires with the period at the latest', async () => {
  await buy(plans.starter)
  server.clock.set('2026-05-28T00:00:00.000Z')
  const { data } = await change(plans.pro)
  expect(data.changePlan.order.expiresAt).toBe('2026-06-01T00:00:00.000Z')
})

test('Pro 1500 on 08-01, Starter now on 08-02 leaves 968 on the balance, which pays an upgrade first', async () => {
  server.clock.set('2026-08-01T00:00:00.000Z')
  await buy(plans.pro)
  server.clock.set('2026-08-02T00:00:00.000Z')
  const { data } = await change(plans.starter, 'NOW')
  expect(flat(data.changePlan.change)).toMatchObject({ credit: -1452, charge: 484, dueNow: 0, creditLeft: 968 })
  expect(data.changePlan).toMatchObject({ order: { status: 'ACTIVE' }, subscription: { plan: { slug: 'starter' } } })
  const { balance, documents } = await account()
  expect(balance).toBe(968)
  expect(documents).toEqual([
    ['INVOICE', 'PARTIALLY_REFUNDED', 1500],
    ['INVOICE', 'PAID', 484],
    ['CREDIT_NOTE', 'PAID', 1452],
  ])
  server.clock.set('2026-08-16T12:00:00.000Z')
  const upgrade = await preview(plans.pro)
  expect(upgrade).toMatchObject({ credit: -250, charge: 750, fromBalance: 500, dueNow: 0 })
  expect((await change(plans.pro)).data.changePlan.order.status).toBe('ACTIVE')
  expect((await account()).balance).toBe(468)
})

test('the credit prorates the price of the whole period: Pro charged with 774 and left on 05-17T12:00 gives -702', async () => {
  await buy(plans.starter)
  server.clock.set('2026-05-16T00:00:00.000Z')
  const { data } = await change(plans.pro)
  await approve(plans.pro, data.changePlan.order.id)
  server.clock.set('2026-05-17T12:00:00.000Z')
  expect(await preview(plans.starter, 'NOW')).toMatchObject({ credit: -702 })
})

test('the credits of a period never exceed what was paid for it, however often the plan changes', async () => {
  await buy(plans.pro)
  for (let hour = 1; hour <= 12; hour += 1) {
    server.clock.set(`2026-05-10T${String(hour).padStart(2, '0')}:00:00.000Z`)
    const { data } = await change(hour % 2 ? plans.starter : plans.pro, 'NOW')
    if (data.changePlan.order.status === 'PENDING') await approve(hour % 2 ? plans.starter : plans.pro, data.changePlan.order.id)
  }
  const [{ received, used }] = (await server.services.db.$queryRaw<{ received: bigint; used: bigint }[]>`
    SELECT (SELECT sum(amount) FROM payments WHERE kind <> 'BALANCE')::bigint AS received,
      (SELECT sum(CASE kind WHEN 'CREDIT_NOTE' THEN - total ELSE total END) FROM invoices)::bigint AS used`) as [
    { received: bigint; used: bigint },
  ]
  expect(received - used).toBe(BigInt((await account()).balance))
  expect(used).toBeGreaterThan(0n)
})

test('from monthly to yearly and back: the full price from now, a new anchor, and credit for the rest', async () => {
  const created = await ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: {
      slug: 'starter-yearly',
      name: 'Starter',
      type: 'PAID',
      interval: 'YEAR',
      rank: 1,
      price: { minorUnits: 5000, currency: 'USD' },
    },
  })
  const yearly = created.createPlan.plan.id
  await buy(plans.starter)
  server.clock.set('2026-05-03T00:00:00.000Z')
  expect(await preview(yearly, 'NOW')).toMatchObject({ credit: -468, charge: 5000, dueNow: 4532 })
  const { data } = await change(yearly, 'NOW')
  await approve(yearly, data.changePlan.order.id)
  expect((await account()).subscription).toMatchObject({
    planInterval: 'YEAR',
    price: 5000n,
    currentPeriodStart: new Date('2026-05-03T00:00:00.000Z'),
    currentPeriodEnd: new Date('2027-05-03T00:00:00.000Z'),
  })
  server.clock.set('2026-05-04T00:00:00.000Z')
  const back = await change(plans.starter, 'NOW')
  expect(flat(back.data.changePlan.change)).toMatchObject({ credit: -4986, charge: 500, creditLeft: 4486 })
  expect((await account()).balance).toBe(4486)
})

test('a downgrade happens exactly at the end of the period, is shown until then, and can be revoked', async () => {
  await buy(plans.pro)
  const { data } = await change(plans.starter)
  expect(data.changePlan).toMatchObject({ change: { when: 'PERIOD_END', effectiveAt: '2026-06-01T00:00:00.000Z' }, order: null })
  const pending = async () => (await ask(USER, '{ subscription { plan { slug } pendingPlan { slug } } }')).subscription
  await advanceClock('2026-05-31T23:59:59.999Z')
  expect(await pending()).toEqual({ plan: { slug: 'pro' }, pendingPlan: { slug: 'starter' } })
  await ask(USER, 'mutation { revokePlanChange { subscription { status } } }')
  expect(await pending()).toEqual({ plan: { slug: 'pro' }, pendingPlan: null })
  await change(plans.starter)
  await advanceClock('2026-06-01T00:00:00.000Z')
  expect(await pending()).toEqual({ plan: { slug: 'starter' }, pendingPlan: null })
})

test('a change to a plan in another currency is refused with CURRENCY_MISMATCH', async () => {
  await ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: 'euro', name: 'Euro', type: 'PAID', rank: 5, price: { minorUnits: 900, currency: 'EUR' } },
  })
  await buy(plans.starter)
  const { plans: all } = await ask(USER, '{ plans { id slug } }')
  const euro = all.find(({ slug }: { slug: string }) => slug === 'euro').id
  expect(codeOf(await change(euro))).toBe('CURRENCY_MISMATCH')
})

test('a change of a granted plan is a purchase: a new period that our invoices collect', async () => {
  await applyPlan(server, { userId: String(USER), planId: plans.starter, amount: 0 })
  server.clock.set('2026-05-10T00:00:00.000Z')
  const { data } = await change(plans.pro)
  expect(flat(data.changePlan.change)).toMatchObject({ credit: 0, charge: 1500, dueNow: 1500 })
  await approve(plans.pro, data.changePlan.order.id)
  expect((await account()).subscription).toMatchObject({
    collection: 'INVOICE',
    currentPeriodStart: new Date('2026-05-10T00:00:00.000Z'),
    currentPeriodEnd: new Date('2026-06-10T00:00:00.000Z'),
  })
})

test('a change of a cancelled subscription resumes it', async () => {
  await buy(plans.pro)
  await ask(USER, 'mutation { cancelSubscription { subscription { status } } }')
  const { data } = await change(plans.starter)
  expect(data.changePlan.subscription.status).toBe('ACTIVE')
})

describe('between the end of a period and the job of that minute', () => {
  test('a change now is refused while the renewal of the next period is unpaid, and is for that period when it is paid', async () => {
    await buy(plans.starter)
    server.clock.set('2026-06-01T00:00:30.000Z')
    expect(codeOf(await change(plans.pro))).toBe('INVALID_TRANSITION')
    await dataOf(grantCredit(server, { userId: String(USER), amount: { minorUnits: 500, currency: 'USD' } }))
    const { data } = await change(plans.pro)
    expect(data.changePlan).toMatchObject({ order: { status: 'PENDING', amount: { minorUnits: 1000 } } })
    await approve(plans.pro, data.changePlan.order.id)
    const [active] = await server.services.db.order.findMany({ where: { status: 'ACTIVE' } })
    expect([active?.periodStart, active?.periodEnd]).toEqual([new Date('2026-06-01T00:00:30.000Z'), new Date('2026-07-01T00:00:00.000Z')])
  })

  test('a change at the end of the period is scheduled for the end of the next one', async () => {
    await buy(plans.pro)
    await dataOf(grantCredit(server, { userId: String(USER), amount: { minorUnits: 1500, currency: 'USD' } }))
    server.clock.set('2026-06-01T00:00:30.000Z')
    const { data } = await change(plans.starter)
    expect(data.changePlan.change).toMatchObject({ when: 'PERIOD_END', effectiveAt: '2026-07-01T00:00:00.000Z' })
    await server.tick()
    expect((await ask(USER, '{ me { currentPlan { slug } } }')).me.currentPlan.slug).toBe('pro')
  })

  test('a cancelled subscription has ended, so it is not resumed by a change', async () => {
    await buy(plans.starter)
    await ask(USER, 'mutation { cancelSubscription(input: {}) { subscription { status } } }')
    server.clock.set('2026-06-01T00:00:30.000Z')
    expect(codeOf(await change(plans.pro))).toBe('INVALID_TRANSITION')
  })
})

describe('nothing replaced is lost', () => {
  test('applyPlan over a paid plan credits the unused share to the balance, with a credit note and a note for administrators', async () => {
    await buy(plans.pro)
    server.clock.set('2026-05-16T12:00:00.000Z')
    await applyPlan(server, { userId: String(USER), planId: plans.starter })
    expect(await account()).toMatchObject({
      balance: 750,
      documents: [
        ['INVOICE', 'PARTIALLY_REFUNDED', 1500],
        ['INVOICE', 'PAID', 500],
        ['CREDIT_NOTE', 'PAID', 750],
      ],
    })
    const entries = await server.services.db.auditEntry.findMany({ where: { action: 'planReplaced' } })
    expect(entries).toMatchObject([{ subject: 'user:10', actor: 'rule', details: { credited: '750', currency: 'USD' } }])
  })

  test('cancelPlan credits the unused share, or records what is forfeited', async () => {
    await buy(plans.pro)
    server.clock.set('2026-05-16T12:00:00.000Z')
    await cancelPlan(server, { userId: String(USER) })
    expect((await account()).balance).toBe(750)
    const orderId = await buy(plans.pro)
    server.clock.set('2026-06-01T00:00:00.000Z')
    await cancelPlan(server, { userId: String(USER), creditUnused: false })
    expect((await account()).balance).toBe(750)
    const order = await server.services.db.order.findUniqueOrThrow({ where: { id: BigInt(orderId.replace('ord_', '')) } })
    expect(order.forfeited).toBe(750n)
  })

  test('placeOrder and createCheckout return ALREADY_SUBSCRIBED while a paid subscription is live', async () => {
    await buy(plans.starter)
    const placed = await placeOrder(server, USER, { planId: plans.pro })
    expect(placed.errors?.[0]).toMatchObject({ extensions: { code: 'ALREADY_SUBSCRIBED' }, message: expect.stringContaining('changePlan') })
    const input = { plan: 'pro', successUrl: `${server.config.publicUrl}/done`, cancelUrl: `${server.config.publicUrl}/left` }
    const checkout = await server.ask(USER, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
      input,
    })
    expect(codeOf(checkout)).toBe('ALREADY_SUBSCRIBED')
  })

  test('a gift uses no invoice number, and does not prevent a purchase', async () => {
    await applyPlan(server, { userId: String(USER), planId: plans.starter, amount: 0 })
    expect((await account()).documents).toEqual([])
    expect(codeOf(await placeOrder(server, USER, { planId: plans.pro }))).toBe('none')
  })

  test('an order for a free plan does not prevent a purchase', async () => {
    const input = { slug: 'student', name: 'Student', type: 'EDU', price: { minorUnits: 0, currency: 'USD' } }
    const { createPlan } = await ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
      input,
    })
    await buy(createPlan.plan.id)
    expect(await ask(USER, '{ subscription { collection plan { slug } } }')).toEqual({
      subscription: { collection: 'INVOICE', plan: { slug: 'student' } },
    })
    await buy(plans.pro)
    expect((await account()).documents).toHaveLength(1)
  })
})
