import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { createEmptyDatabase } from './database.js'
import { FakeLemonSqueezy, type Resource, WEBHOOK_SECRET } from './lemon-squeezy.js'

const FOLDER = new URL('../fixtures/', import.meta.url)

/** A query that the old version ran, with its response. */
export interface RecordedQuery {
  /** User id, 'admin', or null for anonymous. */
  who: number | 'admin' | null
  query: string
  data: Record<string, any>
}

/** What a version of the past returned, and the secrets that it issued; see tests/fixtures/README.md. */
export interface Fixture {
  now: string
  apiKey: string
  revokedApiKey: string
  /** After the fifth of all orders. */
  cursor: string
  /** SHA-256 of stored PDFs by invoice id. */
  pdfs: Record<string, string>
  /** Of endpoint 1: the previous secret and the current one. */
  endpointSecrets: [string, string]
  lemonSqueezy: { subscriptions: Resource[]; payments: Resource[] }
  expected: Record<string, RecordedQuery>
}

export async function readFixture(commit: string): Promise<Fixture> {
  return JSON.parse(await readFile(new URL(`${commit}.json`, FOLDER), 'utf8')) as Fixture
}

/** Restores the dump of a version into a new database, without the migrations of later versions. */
export async function restoreDump(commit: string): Promise<pg.PoolConfig> {
  const connection = await createEmptyDatabase()
  const client = new pg.Client(connection)
  await client.connect()
  await client.query(await readFile(new URL(`${commit}.sql`, FOLDER), 'utf8'))
  await client.end()
  return connection
}

/** The fake of Lemon Squeezy with the subscriptions and payments of the fixture. */
export async function startLemonSqueezyOf({ lemonSqueezy }: Fixture): Promise<FakeLemonSqueezy> {
  const api = await new FakeLemonSqueezy().start()
  for (const resource of lemonSqueezy.subscriptions) api.subscriptions.set(resource.id, structuredClone(resource))
  for (const resource of lemonSqueezy.payments) api.payments.set(resource.id, structuredClone(resource))
  return api
}

/** The environment of the old server, with the sandbox as the provider of existing subscriptions. */
export function environmentOf(api: FakeLemonSqueezy): Record<string, string> {
  return {
    COMPANY_NAME: 'Example Hosting',
    INVOICE_ISSUED_FROM_NAME: 'Example Hosting GmbH',
    INVOICE_ISSUED_FROM_ADDRESS: 'Musterweg 1',
    INVOICE_ISSUED_FROM_ZIP: '10115',
    INVOICE_ISSUED_FROM_CITY: 'Berlin',
    INVOICE_ISSUED_FROM_COUNTRY: 'DE',
    INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
    PAYMENT_PROVIDER: 'lemonsqueezy,sandbox',
    LEMONSQUEEZY_API_KEY: 'key',
    LEMONSQUEEZY_STORE_ID: '1',
    LEMONSQUEEZY_API_URL: api.url,
    LEMONSQUEEZY_WEBHOOK_SECRET: WEBHOOK_SECRET,
  }
}

/** Leaves the reapplication of the fixture as if the old version had been stopped after a batch that ends with user 9. */
export async function interruptReapplication(connection: pg.PoolConfig): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query('UPDATE public.plan_reapplications SET done = 1, last_user_id = 9 WHERE finished_at IS NULL')
  await client.end()
}

/** Row counts, sums of money, invoice numbers and jobs. Neither migrations nor repeated requests may change them. */
export async function summarize(connection: pg.PoolConfig): Promise<Record<string, unknown>> {
  const client = new pg.Client(connection)
  await client.connect()
  const all = async (sql: string) => (await client.query(sql)).rows
  const tables = await all(`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ('{_prisma_migrations,caller_budgets,caller_writes,write_probes}')
    ORDER BY tablename`)
  const rows: Record<string, number> = {}
  for (const { name } of tables) rows[name] = (await all(`SELECT count(*)::int AS count FROM public."${name}"`))[0].count
  const summary = {
    rows,
    jobs: await all('SELECT task_identifier, attempts, count(*)::int FROM graphile_worker.jobs GROUP BY 1, 2 ORDER BY 1, 2'),
    orders: await all('SELECT status::text, reason::text, currency, sum(amount) FROM public.orders GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'),
    invoices: await all(`
      SELECT kind::text, status::text, series, currency, count(*)::int, sum(subtotal) AS subtotal, sum(tax) AS tax, sum(total) AS total
      FROM public.invoices GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`),
    refunds: await all(`
      SELECT type::text, status::text, currency, sum(amount) AS amount, sum(tax) AS tax FROM public.refunds GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`),
    numbers: await all('SELECT series, year, last_sequence FROM public.invoice_counters ORDER BY 1, 2'),
  }
  await client.end()
  return summary
}
