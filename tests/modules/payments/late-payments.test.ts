import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { recordPayment } from '../../support/payments.js'
import { must, readUserBalance, requestRefund } from '../../support/refunds.js'
import { applyPlan, cancelPlan } from '../../support/requests.js'
import { buyInSandbox } from '../../support/sandbox.js'
import { startServer, type TestServer } from '../../support/server.js'

// Payments that a provider reports after we have ended their subscription.

const START = '2026-05-01T10:00:00.000Z'
const USER = 10
const userId = String(USER)
let server: TestServer
let plans: Catalog

const balance = () => readUserBalance(server, USER)
const free = (amount: number) => ({ amount, held: 0, granted: 0 })
const sql = (text: string) => server.owner.query(text)

afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

describe('in the sandbox', () => {
  beforeEach(async () => {
    server = await startServer({ now: START })
    plans = await createCatalog(server)
  })

  const renewAtProvider = async () => server.services.providers.find('sandbox')?.tick?.()

  describe('the charge of a plan change', () => {
    // 500 for May, then -258 + 774 = 516 for Pro.
    beforeEach(async () => {
      await buyInSandbox(server, USER, 'starter')
      server.clock.set('2026-05-16T10:00:00.000Z')
      const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: NOW }) { change { dueNow { minorUnits } } } }'
      expect(must(await server.ask(USER, change, { id: plans.pro })).changePlan.change.dueNow.minorUnits).toBe(516)
    })

    test.each([
      ['credited', true, 258],
      ['forfeited', false, 0],
    ])('goes to the balance when the unused share was %s before, which stays as it is', async (_name, creditUnused, credited) => {
      must(await cancelPlan(server, { userId, creditUnused }))
      expect(await balance()).toEqual(free(credited))
      await server.settle()
      expect(await balance()).toEqual(free(credited + 516))
    })

    test('goes to the balance when the unused share was refunded before', async () => {
      const { id: orderId } = must(await server.ask(USER, '{ orders { nodes { id } } }')).orders.nodes.at(-1)
      expect(must(await requestRefund(server, USER, { orderId })).requestRefund.refund.amount.minorUnits).toBe(258)
      await server.settle()
      expect(await balance()).toEqual(free(516))
    })

    test('goes to the balance when an administrator has replaced the plan before', async () => {
      must(await applyPlan(server, { userId, planId: plans.pro }))
      await server.settle()
      expect(await balance()).toEqual(free(258 + 516))
    })
  })

  describe('a renewal that arrives before the new period', () => {
    const receivePaymentFirst = async () => {
      await sql(
        `UPDATE graphile_worker._private_jobs SET run_at = now() + interval '1 hour' WHERE payload::text LIKE '%subscription_updated%'`,
      )
      await server.settle()
    }
    const receiveUpdate = async () => {
      await sql('UPDATE graphile_worker._private_jobs SET run_at = now()')
      await server.settle()
    }

    test.each([
      ['in the paid period', '2026-05-20T10:00:00.000Z', '2026-06-01T10:05:00.000Z', 581],
      ['after it was renewed', '2026-06-01T10:05:00.000Z', '2026-06-01T10:05:00.000Z', 0],
    ])('is credited for its own period when the plan has ended %s', async (_name, endedAt, renewedAt, credited) => {
      await buyInSandbox(server, USER, 'pro')
      server.clock.set(endedAt)
      if (endedAt === renewedAt) await renewAtProvider()
      must(await cancelPlan(server, { userId }))
      expect(await balance()).toEqual(free(credited))
      server.clock.set(renewedAt)
      await renewAtProvider()
      await receivePaymentFirst()
      expect(await balance()).toEqual(free(credited + 1500))
      await receiveUpdate()
      expect(await balance()).toEqual(free(credited + 1500))
    })
  })

  test('a renewal that fails holds no balance', async () => {
    const orderId = await buyInSandbox(server, USER, 'pro', 'pay-once')
    must(await recordPayment(server, { orderId, amount: 300 }))
    server.clock.set('2026-06-01T10:00:00.000Z')
    must(await applyPlan(server, { userId, planId: plans.starter }))
    await renewAtProvider()
    await server.settle()
    expect(await balance()).toEqual(free(300))
  })
})

describe('of a merchant of record', () => {
  let api: FakeLemonSqueezy

  beforeEach(async () => {
    ;({ api, server, plans } = await startWithLemonSqueezy(START))
  })
  afterEach(() => api.close())

  test('a payment that is partly refunded is returned completely', async () => {
    const paid = payment(1, 1, START, { billing_reason: 'initial', refunded_amount: 100 })
    api.subscriptions.set('1', subscription(1, START))
    api.payments.set('1', paid)
    await deliver(server.url, event('subscription_created', subscription(1, START), { user_id: userId }))
    await server.settle()
    must(await applyPlan(server, { userId, planId: plans.starter }))
    await deliver(server.url, event('subscription_payment_success', paid))
    await server.settle()
    expect(api.payments.get('1')?.attributes.refunded_amount).toBe(1500)
    const parts = await server.services.db.refundPart.findMany({ orderBy: { id: 'asc' } })
    expect(parts.map(({ status, amount }) => [status, Number(amount)])).toEqual([
      ['DONE', 100],
      ['DONE', 1400],
    ])
  })
})
