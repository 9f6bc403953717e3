import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Prisma } from '../../platform/postgres/generated/client.js'
import { notifyAfterCommit, RESYNC } from '../../platform/postgres/notifications.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry, TERMINAL } from '../audit/index.js'
import { slugOf } from '../catalog/index.js'
import type { Services } from '../services.js'
import { setMemberships, upsertOrganisations, upsertUsers } from '../sync/index.js'
import { countRejectedRows } from './import-row.js'
import type { PlanRow, ValidatedRows } from './validated-rows.js'
import { writeCustomerSettings } from './write-customer-settings.js'
import { writeGrants, writeOrders } from './write-orders.js'

type ImportStore = Pick<Services, 'db' | 'clock'>

/** Rows that are written in one transaction. */
const IMPORT_BATCH_SIZE = 1000

/**
 * Writes validated rows in batches. An interrupted import can be repeated; rows that are already written are
 * skipped.
 */
export async function writeRows(services: ImportStore, validated: ValidatedRows, onProgress: (done: number) => void): Promise<void> {
  const { db, clock } = services
  let done = 0
  const inBatches = async <T>(rows: readonly T[], write: (batch: T[]) => Promise<unknown>) => {
    for (let start = 0; start < rows.length; start += IMPORT_BATCH_SIZE) {
      const batch = rows.slice(start, start + IMPORT_BATCH_SIZE)
      await write(batch)
      done += batch.length
      onProgress(done)
    }
  }
  await inBatches(validated.users, async (batch) => {
    const users = batch.map(({ values }) => values)
    await upsertUsers(services, null, users, 'users')
    await runTransaction(db, (tx) => writeCustomerSettings(tx, batch, clock.now()))
  })
  await inBatches(validated.organisations, (batch) => upsertOrganisations(services, null, batch, 'organisations'))
  await inBatches(validated.memberships, (batch) => setMemberships(services, null, batch, 'memberships'))
  await reserveIds(db, validated)
  await inBatches(validated.plans, (batch) => runTransaction(db, (tx) => writePlans(tx, batch, clock.now())))
  const plans = new Map((await db.plan.findMany()).map((plan) => [plan.id, plan]))
  await inBatches(validated.orders, (batch) => runTransaction(db, (tx) => writeOrders(tx, batch, plans, clock.now())))
  await inBatches(validated.grants, (batch) => runTransaction(db, (tx) => writeGrants(tx, batch, plans, clock.now())))
  await runTransaction(db, async (tx) => {
    notifyAfterCommit(tx, RESYNC)
    await recordImport(tx, validated, clock.now())
  })
}

/** Advances the sequences, so that orders placed during the import get ids above those of the file. */
async function reserveIds(db: Database, { plans, orders }: ValidatedRows): Promise<void> {
  const highest = (rows: readonly { values: { id: bigint } }[]) => rows.reduce((max, { values: { id } }) => (id > max ? id : max), 0n)
  if (plans.length > 0)
    await db.$queryRaw`SELECT setval('plans_id_seq', GREATEST(${highest(plans)}, (SELECT last_value FROM plans_id_seq)))`
  if (orders.length > 0) {
    await db.$queryRaw`SELECT setval('orders_id_seq', GREATEST(${highest(orders)}, (SELECT last_value FROM orders_id_seq)))`
  }
}

async function writePlans(tx: Transaction, rows: readonly PlanRow[], at: Date): Promise<void> {
  const hasDefault = (await tx.plan.count({ where: { isDefault: true } })) > 0
  const slugs = new Set((await tx.plan.findMany({ select: { slug: true } })).map(({ slug }) => slug))
  const chosen = rows.find(({ values }) => values.isDefault) ?? rows.find(({ values, price }) => values.type === 'FREE' && price === 0n)
  const data = rows.map((row): Prisma.PlanCreateManyInput => {
    const { values, price, currency } = row
    const slug = slugForImport(values.slug ?? slugOf(values.name), values.id, slugs)
    slugs.add(slug)
    const isDefault = !hasDefault && row === chosen
    // Exports have no rank, so plans are ranked by price; custom prices rank highest.
    const rank = price === null ? 2_000_000_000 : Number(price < 1_000_000_000n ? price : 1_000_000_000n)
    const interval = values.interval ?? 'MONTH'
    return { ...values, slug, price, currency, interval, isDefault, rank, createdAt: at, updatedAt: at }
  })
  await tx.plan.createMany({ data, skipDuplicates: true })
}

function slugForImport(slug: string, id: bigint, taken: ReadonlySet<string>): string {
  return taken.has(slug) ? `${slug}-${id}` : slug
}

async function recordImport(
  tx: Transaction,
  { users, organisations, memberships, plans, orders, grants, unchanged, rejected }: ValidatedRows,
  at: Date,
): Promise<void> {
  const counts = { users: users.length, organisations: organisations.length, memberships: memberships.length }
  const details = {
    ...counts,
    plans: plans.length,
    orders: orders.length,
    grants: grants.length,
    unchanged,
    rejected: countRejectedRows(rejected),
  }
  await recordAuditEntry(tx, { actor: TERMINAL, action: 'import', subject: 'import', details, at })
}
