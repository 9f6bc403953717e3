import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../../support/catalog.js'
import { checkLedger } from '../../../support/ledger.js'
import { buy, buyUnpaid, dataOf, recordPayment } from '../../../support/payments.js'
import { buyPlan } from '../../../support/refunds.js'
import { applyPlan, codeOf } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

// Directive 2011/83/EU, Articles 9 and 11a: a consumer can withdraw from a contract, whether or not it is paid.

let server: TestServer
let plans: Catalog
const USER = 10
const BOUGHT = '2026-05-01T10:00:00.000Z'

beforeEach(async () => {
  server = await startServer({ now: BOUGHT })
  plans = await createCatalog(server)
  for (const id of [USER, 11, 12]) await server.ask(id, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const withdraw = (input: object = {}, who = USER) =>
  server.ask(
    who,
    `mutation ($input: WithdrawFromSubscriptionInput) {
      withdrawFromSubscription(input: $input) { receivedAt subscription { status endsAt } refund { amount { minorUnits } reason } }
    }`,
    { input },
  )
const withdrawn = async (input: object = {}, who = USER) => (await dataOf(withdraw(input, who))).withdrawFromSubscription
const readPreview = async (who = USER, organisationId?: string) => {
  const query = 'query ($organisationId: ID) { withdrawalPreview(organisationId: $organisationId) { type refundable { minorUnits } } }'
  const { withdrawalPreview: preview } = await dataOf(server.ask(who, query, { organisationId }))
  return preview && [preview.type, preview.refundable.minorUnits]
}
const currentPlan = async () => (await dataOf(server.ask(USER, '{ me { currentPlan { slug } } }'))).me.currentPlan.slug
const openInvoices = () => server.services.db.invoice.count({ where: { status: 'OPEN' } })

describe('a paid plan', () => {
  test.each([
    ['2026-05-01T10:00:00.000Z', 'FULL', 1500],
    ['2026-05-09T10:00:00.000Z', 'PRORATED', 1113],
    ['2026-05-31T10:00:00.000Z', 'PRORATED', 48],
  ])('at %s is refunded as %s: %d', async (at, type, amount) => {
    await buyPlan(server, USER, plans.pro)
    server.clock.set(at)
    expect(await readPreview()).toEqual([type, amount])
    expect(await withdrawn({ reason: 'I withdraw' })).toEqual({
      receivedAt: at,
      subscription: { status: 'EXPIRED', endsAt: at },
      refund: { amount: { minorUnits: amount }, reason: 'I withdraw' },
    })
    expect([await currentPlan(), await readPreview()]).toEqual(['free', null])
  })

  test('is kept after the last day', async () => {
    await buy(server, USER, plans.pro)
    server.clock.set('2026-06-01T09:00:00.000Z')
    await server.tick()
    server.clock.set('2026-06-01T10:00:00.000Z')
    expect(await readPreview()).toBeNull()
    const { errors } = await withdraw()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'REFUND_NOT_ELIGIBLE', daysSincePurchase: 31 })
    expect(await currentPlan()).toBe('pro')
  })

  test('is refunded once for concurrent requests, and again for the same key', async () => {
    await buyPlan(server, USER, plans.pro)
    const responses = await Promise.all([withdraw({ idempotencyKey: 'a' }), withdraw({ idempotencyKey: 'a' }), withdraw(), withdraw()])
    const codes = responses.map(codeOf)
    expect(await server.services.db.refund.count()).toBe(1)
    expect(new Set(codes)).toEqual(new Set(['none', 'INVALID_TRANSITION']))
    const first = await withdraw({ idempotencyKey: 'a' })
    expect(codeOf(first)).toBe(codes[0])
    expect(codeOf(await withdraw({ idempotencyKey: 'a', reason: 'another' }))).toBe('IDEMPOTENCY_CONFLICT')
  })
})

describe('a plan without a payment', () => {
  test('that is granted ends without a refund', async () => {
    await dataOf(applyPlan(server, { userId: String(USER), planId: plans.pro, amount: 0 }))
    server.clock.set('2026-05-03T10:00:00.000Z')
    expect(await readPreview()).toEqual(['NONE', 0])
    expect(await withdrawn()).toEqual({
      receivedAt: '2026-05-03T10:00:00.000Z',
      subscription: { status: 'EXPIRED', endsAt: '2026-05-03T10:00:00.000Z' },
      refund: null,
    })
    expect(await currentPlan()).toBe('free')
    const entries = await server.services.db.auditEntry.findMany({ where: { action: 'withdrawFromSubscription' } })
    expect(entries.map(({ actor }) => actor)).toEqual([`user:${USER}`])
  })

  test('because its payment was reversed: nothing is owed afterwards, and a later payment is the customer’s', async () => {
    const { invoiceId } = await buyUnpaid(server, USER, plans.pro)
    expect(await openInvoices()).toBe(1)
    expect(await readPreview()).toEqual(['NONE', 0])
    expect((await withdrawn()).refund).toBeNull()
    expect([await openInvoices(), await currentPlan()]).toEqual([0, 'free'])
    await dataOf(recordPayment(server, { invoiceId, amount: 1500 }))
    const { balances } = await dataOf(server.ask(USER, '{ balances { available { minorUnits } } }'))
    expect(balances).toEqual([{ available: { minorUnits: 1500 } }])
  })
})

describe('an organisation', () => {
  test('withdraws by an owner, not by a member', async () => {
    await createOrganisation(server, 7, { 11: 'OWNER', 12: 'MEMBER' })
    await dataOf(applyPlan(server, { userId: '11', organisationId: '7', planId: plans.pro, amount: 0 }))
    const input = { organisationId: 'org_7' }
    expect(codeOf(await withdraw(input, 12))).toBe('ORGANISATION_NOT_FOUND')
    expect(codeOf(await withdraw(input, USER))).toBe('ORGANISATION_NOT_FOUND')
    expect(await readPreview(11, 'org_7')).toEqual(['NONE', 0])
    expect((await withdrawn(input, 11)).subscription.status).toBe('EXPIRED')
  })
})

test('ends no other subscription than the one that the customer has seen', async () => {
  await buyPlan(server, USER, plans.pro)
  expect(codeOf(await withdraw({ subscriptionId: 'sub_999' }))).toBe('SUBSCRIPTION_NOT_FOUND')
  const { subscription } = await dataOf(server.ask(USER, '{ subscription { id } }'))
  expect((await withdrawn({ subscriptionId: subscription.id })).subscription.status).toBe('EXPIRED')
})

test('without a subscription there is nothing to withdraw from', async () => {
  expect(await readPreview()).toBeNull()
  expect(codeOf(await withdraw())).toBe('INVALID_TRANSITION')
})
