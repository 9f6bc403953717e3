import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordMrr } from '../../../src/modules/reports/index.js'
import { collectDueSubscriptions } from '../../../src/modules/subscriptions/renewals/collect.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { cancelSubscription, dataOf, recordPayment } from '../../support/payments.js'
import { buyPlan } from '../../support/refunds.js'
import { buyInSandbox } from '../../support/sandbox.js'
import { startServer, type TestServer } from '../../support/server.js'
import { readReport } from './report.js'

// A change of the MRR counts in the month in which it takes effect, however late the server notices it. The period ends on the
// last evening of February; the server is down until March.

const BOUGHT = '2026-01-28T23:50:00.000Z'
const AFTER_OUTAGE = '2026-03-05T10:00:00.000Z'
const USER = 10

let server: TestServer
let plans: Catalog
let api: FakeLemonSqueezy | undefined

beforeEach(async () => {
  server = await startServer({ now: BOUGHT })
  plans = await createCatalog(server)
})
afterEach(async () => {
  await server.close()
  await api?.close()
  api = undefined
})

/** The months with a change, as "month new expansion contraction churn". */
async function readChanges(): Promise<string[]> {
  const rows = await readReport(server, '2026-01', '2026-03', 'USD')
  return rows.flatMap(({ month, newMrr, expansion, contraction, churn }) =>
    newMrr + expansion + contraction + churn === 0 ? [] : [`${month} ${newMrr} ${expansion} ${contraction} ${churn}`],
  )
}

const changeAtPeriodEnd = (planId: string) =>
  dataOf(
    server.ask(USER, 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { subscription { status } } }', {
      input: { planId, when: 'PERIOD_END' },
    }),
  )

test('a cancelled subscription churns in the month in which its period ended', async () => {
  await buyPlan(server, USER, plans.pro)
  await dataOf(cancelSubscription(server, USER))
  server.clock.set(AFTER_OUTAGE)
  await server.tick()
  expect(await readChanges()).toEqual(['2026-01 1500 0 0 0', '2026-02 0 0 0 1500'])
})

test('a scheduled downgrade contracts in the month in which the period began', async () => {
  await buyPlan(server, USER, plans.pro)
  await changeAtPeriodEnd(plans.starter)
  server.clock.set('2026-02-22T10:00:00.000Z')
  await server.tick()
  const { id } = await server.services.db.invoice.findFirstOrThrow({ where: { status: 'OPEN' } })
  await dataOf(recordPayment(server, { invoiceId: String(id), amount: 500 }))
  server.clock.set(AFTER_OUTAGE)
  // In production the clock cannot be moved, so what was due meanwhile is done now.
  await collectDueSubscriptions({ ...server.services, clock: { now: () => server.clock.now() } })
  expect(await readChanges()).toEqual(['2026-01 1500 0 0 0', '2026-02 0 0 1000 0'])
})

test('a downgrade that the provider has confirmed contracts in the month in which the period began', async () => {
  await buyInSandbox(server, USER, 'pro')
  await changeAtPeriodEnd(plans.starter)
  server.clock.set('2026-02-28T23:00:00.000Z')
  await server.tick()
  await server.settle()
  server.clock.set(AFTER_OUTAGE)
  await server.tick()
  await server.settle()
  expect(await readChanges()).toEqual(['2026-01 1500 0 0 0', '2026-02 0 0 1000 0'])
})

test('the subscription of a provider counts from the purchase until its end, although the events arrive later', async () => {
  await server.close()
  ;({ api, server, plans } = await startWithLemonSqueezy(AFTER_OUTAGE))
  const deliverEvent = async (name: string, data: Parameters<typeof event>[1]) => {
    await deliver(server.url, event(name, data, { user_id: String(USER) }))
    await server.settle()
  }
  await deliverEvent('subscription_created', subscription(1, BOUGHT))
  await deliverEvent('subscription_payment_success', payment(1, 1, BOUGHT, { billing_reason: 'initial' }))
  expect(await readChanges()).toEqual(['2026-01 1500 0 0 0'])
  const ended = {
    status: 'expired',
    cancelled: true,
    ends_at: wireTime('2026-02-28T23:50:00Z'),
    updated_at: wireTime('2026-03-01T00:00:05Z'),
  }
  await deliverEvent('subscription_expired', subscription(1, BOUGHT, ended))
  expect(await readChanges()).toEqual(['2026-01 1500 0 0 0', '2026-02 0 0 0 1500'])
})

test('no change is earlier than the one before it, nor later than now', async () => {
  await buyPlan(server, USER, plans.pro)
  server.clock.set(AFTER_OUTAGE)
  const customer = { userId: String(USER), organisationId: null }
  const record = (price: bigint, effectiveAt: string) =>
    server.services.db.$transaction(async (tx) => {
      await tx.subscription.updateMany({ data: { price } })
      await recordMrr(tx, server.services, customer, new Date(effectiveAt))
    })
  await record(500n, '2026-02-01T00:00:00.000Z')
  await record(700n, '2026-01-31T00:00:00.000Z')
  await record(900n, '2026-04-01T00:00:00.000Z')
  const changes = await server.services.db.mrrChange.findMany({ orderBy: { id: 'asc' } })
  expect(changes.map(({ at, amount }) => [Number(amount), at.toISOString()])).toEqual([
    [1500, BOUGHT],
    [500, '2026-02-01T00:00:00.000Z'],
    [700, '2026-02-01T00:00:00.000Z'],
    [900, AFTER_OUTAGE],
  ])
})
