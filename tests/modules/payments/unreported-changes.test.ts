import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { recordPayment } from '../../support/payments.js'
import { must, readUserBalance } from '../../support/refunds.js'
import { cancelPlan, codeOf } from '../../support/requests.js'
import { buyInSandbox } from '../../support/sandbox.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

// Plan changes that the sandbox has made, before their outcome or their payment has been recorded here.

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

const change = (planId: string): Promise<Answer> =>
  server.ask(USER, 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: NOW }) { change { dueNow { minorUnits } } } }', {
    id: planId,
  })
const preview = (planId: string): Promise<Answer> =>
  server.ask(USER, 'query ($id: ID!) { changePlanPreview(planId: $id, when: NOW) { dueNow { minorUnits } } }', { id: planId })
const planOf = async () => must(await server.ask(USER, '{ me { currentPlan { slug } } }')).me.currentPlan.slug
const amounts = async () => {
  const invoices = await server.services.db.invoice.findMany({ where: { kind: 'INVOICE' }, orderBy: { id: 'asc' } })
  return invoices.map(({ total, paidTotal, creditedTotal }) => [total, paidTotal, creditedTotal].map(Number))
}
const sql = (text: string) => server.owner.query(text)
/** Requests a change, makes the commit of its order fail, and lets the provider's webhook confirm it. */
const changeWithoutOutcome = async (planId: string): Promise<void> => {
  await sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planned'; END $$`)
  await sql(`CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`)
  expect(codeOf(await change(planId))).toBe('INTERNAL_SERVER_ERROR')
  await server.settle()
  await sql('DROP TRIGGER fail ON orders')
  expect(await server.services.db.planChange.findMany()).toMatchObject([{ status: 'DONE', due: 0n, orderId: null }])
}
const runJobsNow = async () => {
  await sql('UPDATE graphile_worker._private_jobs SET run_at = now()')
  await server.settle()
}

test('the credit of a change that a webhook has confirmed first goes to the balance, once', async () => {
  await buyInSandbox(server, USER, 'pro')
  server.clock.set('2026-05-02T10:00:00.000Z')
  await changeWithoutOutcome(plans.starter)
  await runJobsNow()
  const { id } = await server.services.db.planChange.findFirstOrThrow()
  await server.runTask('finishPlanChange', { changeId: Number(id) })
  expect([await planOf(), await readUserBalance(server, USER)]).toEqual(['starter', { amount: 968, held: 0, granted: 0 }])
  expect(await amounts()).toEqual([
    [1500, 48, 1452],
    [484, 484, 0],
  ])
})

test('the balance that is held for a change that a webhook has confirmed first pays it', async () => {
  const orderId = await buyInSandbox(server, USER, 'starter')
  must(await recordPayment(server, { orderId, amount: 2000 }))
  server.clock.set('2026-05-16T10:00:00.000Z')
  await changeWithoutOutcome(plans.pro)
  await runJobsNow()
  expect([await planOf(), await readUserBalance(server, USER)]).toEqual(['pro', { amount: 1484, held: 0, granted: 0 }])
  expect(await amounts()).toEqual([
    [500, 242, 258],
    [774, 774, 0],
  ])
})

test('a change whose plan has ended before it was invoiced is not invoiced any more', async () => {
  await buyInSandbox(server, USER, 'pro')
  server.clock.set('2026-05-02T10:00:00.000Z')
  await changeWithoutOutcome(plans.starter)
  must(await cancelPlan(server, { userId: String(USER) }))
  await runJobsNow()
  expect([await amounts(), await readUserBalance(server, USER)]).toEqual([[[1500, 48, 1452]], { amount: 1452, held: 0, granted: 0 }])
})

test('another change waits until the charge of the last one is reported, and then credits it', async () => {
  await buyInSandbox(server, USER, 'starter')
  server.clock.set('2026-05-16T22:00:00.000Z')
  must(await change(plans.pro))
  server.clock.set('2026-05-16T22:00:10.000Z')
  expect([codeOf(await preview(plans.starter)), codeOf(await change(plans.starter))]).toEqual([
    'PAYMENT_IN_PROGRESS',
    'PAYMENT_IN_PROGRESS',
  ])
  await server.settle()
  must(await change(plans.starter))
  await server.settle()
  expect([await planOf(), await readUserBalance(server, USER)]).toEqual(['starter', { amount: 500, held: 0, granted: 0 }])
})
