import { afterEach, beforeEach, expect, test } from 'vitest'
import { followEvents } from '../../../src/modules/webhooks/index.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { cancelSubscription, dataOf, recordPayment, reversePayment } from '../../support/payments.js'
import { readUserBalance } from '../../support/refunds.js'
import { codeOf } from '../../support/requests.js'
import { buyInSandbox } from '../../support/sandbox.js'
import { startServer, type TestServer } from '../../support/server.js'

// The money of a subscription that its provider cancels or ends, with open invoices.

const USER = 10
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T10:00:00.000Z' })
  plans = await createCatalog(server)
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const sql = (text: string) => server.owner.query(text)
const statuses = async () => (await server.services.db.subscription.findMany({ orderBy: { id: 'asc' } })).map(({ status }) => status)
/** The status of the first invoice, what is paid of it and what is credited. */
const firstInvoice = async () => {
  const { status, paidTotal, creditedTotal } = await server.services.db.invoice.findFirstOrThrow({ orderBy: { id: 'asc' } })
  return [status, Number(paidTotal), Number(creditedTotal)]
}
const reverseFirstPayment = async () => {
  const { id } = await server.services.db.payment.findFirstOrThrow({ orderBy: { id: 'asc' } })
  await dataOf(reversePayment(server, { paymentId: String(id) }))
}

test('a cancellation at the provider while the invoice of the period is open ends the plan, and credits the invoice', async () => {
  await buyInSandbox(server, USER, 'pro')
  await reverseFirstPayment()
  const { providerSubscriptionId } = await server.services.db.subscription.findFirstOrThrow()
  const { data } = await server.ask(USER, '{ subscription { cancellationEndsAt } }')
  expect(data.subscription.cancellationEndsAt).toBe(server.clock.now().toISOString())
  const ends: unknown[] = []
  followEvents(server.services.db, async (_tx, events) => {
    ends.push(...events.flatMap(({ cancellation }) => (cancellation ? [cancellation.endsAt] : [])))
  })
  await server.services.providers.getActive().cancel(providerSubscriptionId ?? '')
  await server.settle()
  expect([await statuses(), await firstInvoice()]).toEqual([['EXPIRED'], ['REFUNDED', 0, 1500]])
  // The customer's confirmation states it.
  expect(ends).toEqual([server.clock.now()])
})

test('the end of an overdue subscription settles its open invoice from the balance it held, and credits the rest', async () => {
  const orderId = await buyInSandbox(server, USER, 'pro', 'pay-once')
  await dataOf(recordPayment(server, { orderId, amount: 300 }))
  server.clock.set('2026-06-01T10:00:00.000Z')
  await server.tick()
  await server.settle()
  expect([await statuses(), await readUserBalance(server, USER)]).toEqual([['PAST_DUE'], { amount: 300, held: 300, granted: 0 }])
  await reverseFirstPayment()
  await dataOf(cancelSubscription(server, USER))
  await server.settle()
  expect([await statuses(), await firstInvoice()]).toEqual([['EXPIRED'], ['PARTIALLY_REFUNDED', 300, 1200]])
  expect(await readUserBalance(server, USER)).toEqual({ amount: 0, held: 0, granted: 0 })
})

test('balance that a change held until the subscription ended settles an open invoice', async () => {
  const orderId = await buyInSandbox(server, USER, 'starter')
  server.clock.set('2026-06-01T10:00:00.000Z')
  await server.tick()
  await server.settle()
  await dataOf(recordPayment(server, { orderId, amount: 500 }))
  server.clock.set('2026-06-16T10:00:00.000Z')
  await sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planned'; END $$`)
  await sql('CREATE TRIGGER fail BEFORE UPDATE ON sandbox_records FOR EACH ROW EXECUTE FUNCTION fail()')
  const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: NOW }) { change { when } } }'
  expect(codeOf(await server.ask(USER, change, { id: plans.pro }))).toBe('INTERNAL_SERVER_ERROR')
  await sql('DROP TRIGGER fail ON sandbox_records')
  await sql(`UPDATE graphile_worker._private_jobs SET run_at = now() + interval '1 day'`)
  expect(await readUserBalance(server, USER)).toEqual({ amount: 500, held: 500, granted: 0 })
  await reverseFirstPayment()
  await dataOf(cancelSubscription(server, USER))
  expect([await statuses(), await firstInvoice()]).toEqual([['CANCELLED'], ['OPEN', 0, 0]])
  server.clock.set('2026-07-01T10:00:00.000Z')
  await server.tick()
  expect([await statuses(), await firstInvoice()]).toEqual([['EXPIRED'], ['PAID', 500, 0]])
})
