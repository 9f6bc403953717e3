import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { listSequentialScans, recordStatements } from '../../support/recorded-statements.js'
import { must } from '../../support/refunds.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { type ReportRow, readReport, wrongMrr } from './report.js'

const CUSTOMERS = 5
let server: TestServer
let client: pg.Client
let subscription: bigint

beforeAll(async () => {
  const environment = { INVOICE_TIME_ZONE: 'Europe/Berlin', RATE_LIMIT_POINTS: '1000000000', RATE_LIMIT_RESTORE_RATE: '1000000' }
  server = await startServer({ now: '2026-07-15T10:00:00.000Z', environment })
  const plans = await createCatalog(server)
  for (let user = 1; user <= CUSTOMERS; user += 1) await server.ask(user, '{ me { id } }')
  must(await applyPlan(server, { userId: '1', planId: plans.pro, amount: 0 }))
  subscription = (await server.services.db.subscription.findFirstOrThrow()).id
  client = new pg.Client(server.database)
  await client.connect()
  await client.query('SET search_path = public, graphile_worker')
})
afterAll(async () => {
  await client.end()
  await server.close()
})

interface Change {
  readonly user: number
  readonly at: Date
  readonly amount: number
}

/** Stores changes in the order of time, with what each differs from the one before. */
async function store(currency: string, changes: readonly Change[]): Promise<void> {
  const amounts = new Map<number, number>()
  const data = changes.flatMap(({ user, at, amount }) => {
    const delta = BigInt(amount - (amounts.get(user) ?? 0))
    amounts.set(user, amount)
    return delta === 0n ? [] : [{ userId: String(user), currency, subscriptionId: subscription, at, amount: BigInt(amount), delta }]
  })
  await server.services.db.mrrChange.createMany({ data })
}

/** The first moments of the months from January to July 2026 in Berlin. Summer time begins in March. */
const STARTS = ['2025-12-31T23', '2026-01-31T23', '2026-02-28T23', '2026-03-31T22', '2026-04-30T22', '2026-05-31T22', '2026-06-30T22'].map(
  (hour) => new Date(`${hour}:00:00.000Z`),
)

/** The rows by comparing each customer at both ends of each month. */
function expectedRows(changes: readonly Change[]): Partial<ReportRow>[] {
  const amountAt = (user: number, moment: Date) => changes.findLast((change) => change.user === user && change.at < moment)?.amount ?? 0
  return STARTS.slice(0, -1).map((start, index) => {
    const pairs = Array.from({ length: CUSTOMERS }, (_, user) => {
      return [amountAt(user + 1, start), amountAt(user + 1, STARTS[index + 1] as Date)] as const
    })
    const sum = (amountOf: (before: number, after: number) => number) => pairs.reduce((total, pair) => total + amountOf(...pair), 0)
    const ifBoth = (before: number, after: number, amount: number) => (before > 0 && after > 0 && amount > 0 ? amount : 0)
    return {
      month: `2026-0${index + 1}`,
      mrrStart: sum((before) => before),
      newMrr: sum((before, after) => (before === 0 ? after : 0)),
      expansion: sum((before, after) => ifBoth(before, after, after - before)),
      contraction: sum((before, after) => ifBoth(before, after, before - after)),
      churn: sum((before, after) => (after === 0 ? before : 0)),
      mrrEnd: sum((_before, after) => after),
      activeCustomers: pairs.filter(([, after]) => after > 0).length,
    }
  })
}

test('start + new + expansion - contraction - churn = end, by each customer at both ends of each month', async () => {
  // The history is never removed, so each run has a currency of its own.
  const currencies = Intl.supportedValuesOf('currency').filter((currency) => currency !== 'USD')
  const time = fc.oneof(
    fc.date({ min: new Date('2025-11-15T00:00:00.000Z'), max: new Date('2026-07-10T00:00:00.000Z'), noInvalidDate: true }),
    // Half-open: a change at the first moment of a month belongs to it, one a millisecond before does not.
    fc.tuple(fc.constantFrom(...STARTS), fc.constantFrom(-1, 0, 1)).map(([start, offset]) => new Date(start.getTime() + offset)),
  )
  const change = fc.record({ user: fc.integer({ min: 1, max: CUSTOMERS }), at: time, amount: fc.constantFrom(0, 1, 500, 1500, 4500) })
  const property = fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (unsorted) => {
    const changes = unsorted.sort((a, b) => a.at.getTime() - b.at.getTime())
    const currency = currencies.pop()
    if (currency === undefined) throw new Error('more runs than currencies')
    await store(currency, changes)
    const rows = await readReport(server, '2026-01', '2026-06', currency)
    expect(wrongMrr(rows)).toEqual([])
    expect(rows).toMatchObject(expectedRows(changes))
  })
  await fc.assert(property, { numRuns: 50, endOnFailure: true })
})

test('the report reads the changes of its months by an index, and sums from an index alone', async () => {
  const rows = 30_000
  await client.query(`
    INSERT INTO mrr_changes (user_id, currency, subscription_id, at, amount, delta)
      SELECT '1', 'USD', ${subscription}, '2023-07-01'::timestamptz + n * interval '52 minutes', CASE n % 2 WHEN 1 THEN 100 ELSE 0 END,
        CASE n % 2 WHEN 1 THEN 100 ELSE -100 END FROM generate_series(1, ${rows}) AS n;
    INSERT INTO ledger_postings (user_id, currency, kind, cash, balance, at)
      SELECT '1', CASE n % 50 WHEN 0 THEN 'EUR' ELSE 'USD' END, 'PAYMENT', n, - n, '2023-07-01'::timestamptz + n * interval '52 minutes'
      FROM generate_series(1, ${rows}) AS n`)
  await client.query('VACUUM ANALYZE mrr_changes, ledger_postings')
  const LARGE = ['mrr_changes', 'ledger_postings']
  for (const currency of ['USD', undefined]) {
    const statements = await recordStatements(() => readReport(server, '2026-05', '2026-06', currency))
    const ofReport = statements.filter(({ text }) => LARGE.some((table) => text.includes(table)))
    const sums = ofReport.filter(({ text }) => text.includes('sum(delta)::bigint AS mrr') || text.includes('"providerTax"'))
    expect([ofReport.length, sums.length]).toEqual([currency ? 3 : 5, 2])
    for (const statement of ofReport.filter((each) => !sums.includes(each))) {
      expect((await listSequentialScans(client, statement)).filter((table) => LARGE.includes(table))).toEqual([])
    }
    // These add up everything before the report as well. PostgreSQL may read a small table as a whole instead.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off')
    for (const { text, values } of sums) {
      const { rows: plan } = await client.query({ text: `EXPLAIN ${text}`, values })
      expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Only Scan using (mrr_changes|ledger_postings)_currency_at_idx/)
    }
    await client.query('RESET ALL; SET search_path = public, graphile_worker')
  }
})
