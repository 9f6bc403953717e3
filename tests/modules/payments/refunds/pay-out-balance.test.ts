import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../../support/catalog.js'
import { checkLedger } from '../../../support/ledger.js'
import { grantCredit } from '../../../support/payments.js'
import { buyPlan, confirmRefund, must, payOutBalance, readUserBalance, requestRefund } from '../../../support/refunds.js'
import { applyPlan, codeOf } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

// DOMAIN: "The ledger". Other balance than granted credit is paid out by administrators only.

let server: TestServer
let plans: Catalog
const USER = 10
const PAYOUT = { userId: String(USER), amount: 1000, currency: 'USD', reason: 'Account closed' }

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T10:00:00.000Z' })
  plans = await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
  const orderId = await buyPlan(server, USER, plans.pro)
  must(await requestRefund(server, USER, { orderId, to: 'BALANCE' }))
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const payOut = (input: object, who: number | 'admin' = 'admin') => payOutBalance(server, who, input)
const balance = () => readUserBalance(server, USER)

test('holds the amount until it is confirmed', async () => {
  const { refund } = must(await payOut(PAYOUT)).payOutBalance
  expect(refund).toMatchObject({ status: 'REQUESTED', type: null, order: null, amount: { minorUnits: 1000 }, creditNotes: [] })
  expect(await balance()).toEqual({ amount: 1500, held: 1000, granted: 0 })
  const confirmed = must(await confirmRefund(server, 'admin', { partId: refund.parts[0].id, reference: 'SEPA 7' })).confirmRefund.refund
  expect(confirmed).toMatchObject({ id: refund.id, status: 'DONE', parts: [{ reference: 'SEPA 7', status: 'DONE' }] })
  expect(await balance()).toEqual({ amount: 500, held: 0, granted: 0 })
})

test('is done at once with a reference', async () => {
  const { refund } = must(await payOut({ ...PAYOUT, reference: 'SEPA 8' })).payOutBalance
  expect(refund).toMatchObject({ status: 'DONE', parts: [{ reference: 'SEPA 8', status: 'DONE', destination: 'ORIGINAL' }] })
  expect(await balance()).toEqual({ amount: 500, held: 0, granted: 0 })
  const event = await server.services.db.outboxEvent.findFirstOrThrow({ where: { type: 'refund.issued' }, orderBy: { id: 'desc' } })
  expect(event.payload).toMatchObject({ orderId: null, amount: '1000', currency: 'USD' })
})

test('never exceeds the free balance: neither what is held nor granted credit', async () => {
  must(await payOut(PAYOUT))
  const { errors } = await payOut(PAYOUT)
  expect(errors?.[0]?.message).toBe('input.amount: must be at most 500 minor units, which is the free balance')
  await grantCredit(server, { userId: String(USER), amount: { minorUnits: 400, currency: 'USD' }, reason: 'Test' })
  expect((await payOut({ ...PAYOUT, amount: 501 })).errors?.[0]?.extensions.field).toBe('input.amount')
  expect(codeOf(await payOut({ ...PAYOUT, amount: 500 }))).toBe('none')
})

test('of two at once one succeeds', async () => {
  const answers = await Promise.all([payOut(PAYOUT), payOut({ ...PAYOUT, reference: 'SEPA 9' })])
  expect(answers.map(codeOf).sort()).toEqual(['BAD_USER_INPUT', 'none'])
})

test('pays out the balance of an organisation', async () => {
  await createOrganisation(server, 7, { 20: 'OWNER' })
  const { data } = await applyPlan(server, { userId: '20', organisationId: '7', planId: plans.starter })
  must(await requestRefund(server, 20, { orderId: data.applyPlan.order.id, to: 'BALANCE' }))
  const { refund } = must(await payOut({ organisationId: '7', amount: 500, currency: 'USD', reason: 'Closed' })).payOutBalance
  expect(refund.status).toBe('REQUESTED')
  const LIST = '{ allRefunds(filter: { customerId: "org_7" }) { nodes { id customer { ... on Organisation { id } } } } }'
  const list = must(await server.ask('admin', LIST)).allRefunds.nodes
  expect(list).toContainEqual({ id: refund.id, customer: { id: 'org_7' } })
})

test('of an organisation is hidden from who has left it', async () => {
  await createOrganisation(server, 7, { 20: 'OWNER', 21: 'ADMIN' })
  const { data } = await applyPlan(server, { userId: '21', organisationId: '7', planId: plans.starter })
  must(await requestRefund(server, 20, { orderId: data.applyPlan.order.id, to: 'BALANCE' }))
  const { refund } = must(await payOut({ organisationId: '7', amount: 500, currency: 'USD', reason: 'Closed' })).payOutBalance
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
  const ids = [refund.id, refund.parts[0].id]
  const read = async (who: number | 'admin') => must(await server.ask(who, query, { ids })).nodes
  for (const who of ['admin', 20, 21] as const) expect(await read(who)).toEqual(ids.map((id) => ({ id })))
  const leave = 'mutation { setMembership(input: { organisationId: "7", userId: "21" }) { organisation { id } } }'
  must(await server.ask('admin', leave))
  expect(await read(21)).toEqual([null, null])
  expect(await read(20)).toEqual(ids.map((id) => ({ id })))
})

test('is for administrators, names one customer, and happens once per idempotency key', async () => {
  expect(codeOf(await payOut(PAYOUT, USER))).toBe('FORBIDDEN')
  for (const [input, field] of [
    [{ ...PAYOUT, organisationId: '7' }, 'input.organisationId'],
    [{ ...PAYOUT, userId: null }, 'input.userId'],
    [{ ...PAYOUT, amount: 0 }, 'input.amount'],
    [{ ...PAYOUT, reason: '' }, 'input.reason'],
  ] as const) {
    expect((await payOut(input)).errors?.[0]?.extensions.field).toBe(field)
  }
  const input = { ...PAYOUT, idempotencyKey: 'payout-1' }
  const [first, second] = [must(await payOut(input)), must(await payOut(input))]
  expect(second.payOutBalance.refund.id).toBe(first.payOutBalance.refund.id)
  expect(await balance()).toEqual({ amount: 1500, held: 1000, granted: 0 })
})
