import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkLedger } from '../../../support/ledger.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription, wireTime } from '../../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../../support/lemon-squeezy-server.js'
import { dataOf } from '../../../support/payments.js'
import { codeOf } from '../../../support/requests.js'
import type { TestServer } from '../../../support/server.js'

// Withdrawals from contracts that Lemon Squeezy bills.

const START = '2026-05-01T10:00:00.000Z'
const USER = 10
let server: TestServer
let api: FakeLemonSqueezy

beforeEach(async () => {
  ;({ api, server } = await startWithLemonSqueezy(START))
  await server.ask(USER, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  await api.close()
  expect(problems).toEqual([])
})

const create = async (attributes: Record<string, unknown> = {}) => {
  const created = subscription(1, START, attributes)
  api.subscriptions.set('1', created)
  await deliver(server.url, event('subscription_created', created, { user_id: String(USER) }))
  await server.settle()
}
const pay = async () => {
  const paid = payment(1, 1, START, { billing_reason: 'initial' })
  api.payments.set('1', paid)
  await deliver(server.url, event('subscription_payment_success', paid))
  await server.settle()
}
const WITHDRAW = 'mutation { withdrawFromSubscription { subscription { status } refund { status reason amount { minorUnits } } } }'
const withdraw = () => server.ask(USER, WITHDRAW)
const readPreview = async () =>
  (await dataOf(server.ask(USER, '{ withdrawalPreview { type refundable { minorUnits } } }'))).withdrawalPreview
const statusAtProvider = () => api.subscriptions.get('1')?.attributes.status

test('a paid plan is refunded and cancelled there', async () => {
  await create()
  await pay()
  expect((await dataOf(withdraw())).withdrawFromSubscription).toEqual({
    subscription: { status: 'EXPIRED' },
    refund: { status: 'DONE', reason: 'Withdrawal from the contract', amount: { minorUnits: 1500 } },
  })
  await server.settle()
  expect([statusAtProvider(), api.payments.get('1')?.attributes.refunded_amount]).toEqual(['cancelled', 1500])
  const { actor } = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'withdrawFromSubscription' } })
  expect(actor).toBe(`user:${USER}`)
})

test('is acknowledged although the provider cannot be reached, and refunded later', async () => {
  await create()
  await pay()
  api.failures.push(...Array.from({ length: 10 }, () => ({ status: 503 })))
  const { subscription: ended, refund } = (await dataOf(withdraw())).withdrawFromSubscription
  expect([ended.status, refund.status]).toEqual(['EXPIRED', 'REQUESTED'])
  api.failures.length = 0
  const { id } = await server.services.db.refundPart.findFirstOrThrow()
  await server.runTask('finishRefund', { partId: Number(id) })
  await server.settle()
  expect([statusAtProvider(), api.payments.get('1')?.attributes.refunded_amount]).toEqual(['cancelled', 1500])
})

test('waits until the payment is recorded, so that it is refunded', async () => {
  await create()
  expect(await readPreview()).toBeNull()
  expect(codeOf(await withdraw())).toBe('PAYMENT_IN_PROGRESS')
  await pay()
  expect((await readPreview()).refundable.minorUnits).toBe(1500)
})

test('from a trial refunds nothing', async () => {
  await create({ status: 'on_trial', trial_ends_at: wireTime('2026-05-15T10:00:00.000Z') })
  expect(await readPreview()).toEqual({ type: 'NONE', refundable: { minorUnits: 0 } })
  expect((await dataOf(withdraw())).withdrawFromSubscription).toEqual({ subscription: { status: 'EXPIRED' }, refund: null })
  await server.settle()
  expect(statusAtProvider()).toBe('cancelled')
})

describe('a subscription whose provider cannot be called', () => {
  beforeEach(async () => {
    await create()
    await pay()
    await server.services.db.subscription.updateMany({ data: { provider: 'escluse' } })
  })

  test.each([
    ['a withdrawal', WITHDRAW],
    ['an extraordinary cancellation', 'mutation { cancelSubscription(input: { reason: "Down" }) { receivedAt } }'],
  ])('is not ended by %s, because it would still be charged', async (_name, mutation) => {
    expect(codeOf(await server.ask(USER, mutation))).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect((await server.services.db.subscription.findFirstOrThrow()).status).toBe('ACTIVE')
  })
})
