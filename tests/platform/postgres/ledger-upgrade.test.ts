import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { restoreDump } from '../../support/fixture.js'

// DOMAIN: "Data of earlier versions". Upgrades a dump of an old version; tests/fixtures/README.md says what it holds.

let client: pg.Client
const all = async (sql: string) => (await client.query(sql)).rows
/** Rows that must not exist. */
const expectNone = async (sql: string) => expect(await all(sql)).toEqual([])

beforeAll(async () => {
  const database = await restoreDump('47ae39e')
  client = new pg.Client(database)
  await client.connect()
  // Credit that the sandbox held for a live subscription, as earlier versions did.
  await client.query(`UPDATE public.sandbox_records SET internals = internals || '{"credit": "0"}' WHERE type = 'subscriptions'`)
  await client.query(`UPDATE public.sandbox_records SET internals = internals || '{"credit": "968"}' WHERE id = (
    SELECT record.id FROM public.sandbox_records AS record JOIN public.subscriptions AS subscription
      ON subscription.provider = 'sandbox' AND subscription.provider_subscription_id = record.id::text
    WHERE subscription.status <> 'EXPIRED' ORDER BY record.id LIMIT 1)`)
  await migrate(database)
})
afterAll(() => client?.end())

test('gives every paid invoice a payment of its total', async () => {
  await expectNone(`
    SELECT invoice.number FROM invoices AS invoice LEFT JOIN payments AS payment ON payment.invoice_id = invoice.id
    WHERE invoice.kind <> 'CREDIT_NOTE' AND invoice.total > 0 AND payment.amount IS DISTINCT FROM invoice.total`)
  const kinds = await all('SELECT kind, (count(*) > 0) AS found FROM payments GROUP BY kind ORDER BY kind')
  expect(kinds).toEqual([
    { kind: 'OTHER', found: true },
    { kind: 'PROVIDER', found: true },
  ])
})

test('keeps the status of every invoice', async () => {
  await expectNone(`
    SELECT number, status FROM invoices WHERE kind <> 'CREDIT_NOTE' AND status <> CASE
      WHEN credited_total = 0 THEN 'PAID' WHEN credited_total < total THEN 'PARTIALLY_REFUNDED' ELSE 'REFUNDED' END`)
})

test('counts a credit note without a refund as paid out, never as balance', async () => {
  await expectNone(`
    SELECT invoice.number, invoice.credited_total, sum(refund.amount) FROM invoices AS invoice
    LEFT JOIN refunds AS refund ON refund.order_id = invoice.order_id AND refund.status = 'DONE'
    WHERE invoice.kind <> 'CREDIT_NOTE' GROUP BY invoice.id
    HAVING invoice.credited_total <> coalesce(sum(refund.amount), 0)`)
  const [reversed] = await all("SELECT count(*)::int FROM refunds WHERE reason = 'Credited before credit notes had refunds'")
  expect(reversed.count).toBeGreaterThan(0)
})

test('gives every order the total of its invoice as its amount, and the net beside it', async () => {
  await expectNone(`
    SELECT placed.id FROM orders AS placed JOIN invoices AS invoice ON invoice.order_id = placed.id AND invoice.kind <> 'CREDIT_NOTE'
    WHERE placed.amount <> invoice.total OR placed.net <> invoice.subtotal`)
})

test('turns the credit that the sandbox held into granted credit', async () => {
  const grants = await all('SELECT amount, remaining FROM credit_grants')
  expect(grants).toEqual([{ amount: '968', remaining: '968' }])
  await expectNone(`SELECT id FROM sandbox_records WHERE type = 'subscriptions' AND internals ->> 'credit' <> '0'`)
})

test('gives every subscription its price and who collects it', async () => {
  await expectNone(`
    SELECT id FROM subscriptions WHERE collection <> CASE WHEN provider IS NULL THEN 'NONE' ELSE 'PROVIDER' END OR price IS NULL`)
})

test('adds up to the ledger: received + granted - refunded = invoiced - credited + balance - owed', async () => {
  const [totals] = await all(`
    SELECT
      (SELECT sum(amount) FROM payments WHERE kind <> 'BALANCE') + (SELECT sum(amount) FROM credit_grants)
        - (SELECT sum(amount) FROM refund_parts WHERE status = 'DONE' AND destination = 'ORIGINAL') AS left,
      (SELECT sum(total) FROM invoices WHERE kind <> 'CREDIT_NOTE') - (SELECT sum(total) FROM invoices WHERE kind = 'CREDIT_NOTE')
        + (SELECT - sum(balance) FROM ledger_accounts) - (SELECT sum(receivable) FROM ledger_accounts) AS right`)
  expect(totals.left).toBe(totals.right)
  await expectNone(`SELECT id FROM ledger_accounts WHERE receivable <> 0`)
  await expectNone(`SELECT kind FROM ledger_postings WHERE receivable + balance + cash + revenue + tax + provider_tax <> 0`)
})

test('accepts what is upgraded: every check holds, and the paid totals are the allocations', async () => {
  await expectNone(`
    SELECT invoice.id FROM invoices AS invoice LEFT JOIN payment_allocations AS allocation ON allocation.invoice_id = invoice.id
    WHERE invoice.kind <> 'CREDIT_NOTE' GROUP BY invoice.id HAVING invoice.paid_total <> coalesce(sum(allocation.amount), 0)`)
})

test('fills the history of the MRR: every live paid subscription counts what was paid for a month, without tax', async () => {
  await expectNone(`
    SELECT subscription.id, paid.net, recorded.amount FROM subscriptions AS subscription
    LEFT JOIN LATERAL (
      SELECT net FROM orders WHERE subscription_id = subscription.id AND plan_id = subscription.plan_id AND reason <> 'PLAN_CHANGE'
      ORDER BY activated_at DESC LIMIT 1) AS paid ON true
    LEFT JOIN LATERAL (
      SELECT amount FROM mrr_changes WHERE organisation_id IS NOT DISTINCT FROM subscription.organisation_id
        AND (organisation_id IS NOT NULL OR user_id = subscription.user_id) ORDER BY id DESC LIMIT 1) AS recorded ON true
    WHERE subscription.status <> 'EXPIRED' AND coalesce(recorded.amount, 0) <> CASE
      WHEN collection = 'NONE' OR status IN ('PAUSED', 'TRIALING') THEN 0 ELSE coalesce(paid.net, subscription.price) END`)
  await expectNone(`
    SELECT id FROM (
      SELECT id, amount, delta, sum(delta) OVER (PARTITION BY user_id, organisation_id, currency ORDER BY id) AS total FROM mrr_changes) AS changes
    WHERE amount <> total`)
  const [ended] = await all(`
    SELECT count(*)::int AS wrong FROM mrr_changes AS change JOIN subscriptions AS subscription ON subscription.id = change.subscription_id
    WHERE change.at > coalesce(subscription.ended_at, change.at)`)
  expect(ended.wrong).toBe(0)
  const [{ started, stopped }] = await all(
    'SELECT count(*) FILTER (WHERE delta > 0)::int AS started, count(*) FILTER (WHERE amount = 0)::int AS stopped FROM mrr_changes',
  )
  expect(started).toBeGreaterThan(0)
  expect(stopped).toBeGreaterThan(0)
})
