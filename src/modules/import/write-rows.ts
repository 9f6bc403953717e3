import { periodNumber, periodNumberAt } from '../../core/period.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { type Plan, Prisma } from '../../platform/postgres/generated/client.js'
import { notifyAfterCommit, RESYNC } from '../../platform/postgres/notifications.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry, TERMINAL } from '../audit/index.js'
import { planSnapshot, slugOf } from '../catalog/index.js'
import { pendingExpiresAt } from '../orders/index.js'
import type { Services } from '../services.js'
import { setMemberships, upsertOrganisations, upsertUsers } from '../sync/index.js'
import type { OrderRow, PlanRow, ValidatedRows } from './validate-rows.js'

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
  await inBatches(validated.users, (batch) => upsertUsers(services, null, batch, 'users'))
  await inBatches(validated.organisations, (batch) => upsertOrganisations(services, null, batch, 'organisations'))
  await inBatches(validated.memberships, (batch) => setMemberships(services, null, batch, 'memberships'))
  await reserveIds(db, validated)
  await inBatches(validated.plans, (batch) => runTransaction(db, (tx) => writePlans(tx, batch, clock.now())))
  const plans = new Map((await db.plan.findMany()).map((plan) => [plan.id, plan]))
  await inBatches(validated.orders, (batch) => runTransaction(db, (tx) => writeOrders(tx, batch, plans, clock.now())))
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
  let hasDefault = (await tx.plan.count({ where: { isDefault: true } })) > 0
  const slugs = new Set((await tx.plan.findMany({ select: { slug: true } })).map(({ slug }) => slug))
  const data = rows.map(({ values, price, currency }): Prisma.PlanCreateManyInput => {
    const slug = slugForImport(values.slug ?? slugOf(values.name), values.id, slugs)
    slugs.add(slug)
    const isDefault = !hasDefault && values.type === 'FREE' && price === 0n
    hasDefault ||= isDefault
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

/** Passes rows as JSON with the columns of the tables, so that a hundred thousand rows take only seconds. */
async function writeOrders(tx: Transaction, rows: readonly OrderRow[], plans: ReadonlyMap<bigint, Plan>, at: Date): Promise<void> {
  const records = rows.map((row) => ({ row, order: orderRecord(row, plans.get(row.values.planId ?? 0n), at) }))
  const items = rows.flatMap(({ values, items }) => items.map((item, position) => itemRecord(values.id, position, item)))
  await tx.$executeRaw`
    INSERT INTO orders SELECT * FROM jsonb_populate_recordset(NULL::orders, ${rowsToJson(records.map(({ order }) => order))}::jsonb)`
  await tx.$executeRaw`
    INSERT INTO order_items SELECT * FROM jsonb_populate_recordset(NULL::order_items, ${rowsToJson(items)}::jsonb)`
  const active = records.flatMap(({ row, order }) => {
    const plan = order.status === 'ACTIVE' ? plans.get(row.values.planId ?? 0n) : undefined
    return plan ? [subscriptionRecord(row, plan, at)] : []
  })
  await writeSubscriptions(tx, active)
}

function orderRecord({ values, amount, currency }: OrderRow, plan: Plan | undefined, at: Date) {
  const { id, userId, organisationId = null, notes = null, date } = values
  const state = stateOf(values, at)
  const period = plan && state.status === 'ACTIVE' ? periodAt(plan, date, at) : undefined
  const snapshot = plan && planSnapshot(plan)
  return {
    id,
    user_id: userId,
    organisation_id: organisationId,
    reason: 'PURCHASE',
    currency,
    amount,
    // Exports do not say what of the amount is tax.
    net: amount,
    period_amount: amount,
    forfeited: 0,
    notes,
    placed_at: date,
    ...state,
    plan_id: snapshot?.planId,
    plan_name: snapshot?.planName,
    plan_type: snapshot?.planType,
    plan_interval: snapshot?.planInterval,
    plan_price: snapshot?.planPrice,
    plan_limits: snapshot?.planLimits,
    plan_features: snapshot?.planFeatures,
    period_start: period?.start,
    period_end: period?.end,
  }
}

function itemRecord(orderId: bigint, position: number, item: OrderRow['items'][number]) {
  const { quantity, unitPrice, amount } = item
  const content = item.kind === 'TEXT' ? { description: item.description, parameters: {} } : { parameters: item.parameters }
  return { order_id: orderId, position, kind: item.kind, ...content, quantity, unit_price: unitPrice, amount }
}

interface OrderState {
  status: OrderRow['values']['status']
  expires_at: Date | null
  activated_at?: Date
  cancelled_at?: Date
}

/**
 * The status of an order, with the times that belong to it. An active order whose end has passed is EXPIRED.
 */
function stateOf({ status, date, expiresAt, cancelledAt }: OrderRow['values'], at: Date): OrderState {
  switch (status) {
    case 'ACTIVE':
      return { status: expiresAt && expiresAt <= at ? 'EXPIRED' : status, activated_at: date, expires_at: expiresAt ?? null }
    case 'PENDING':
      return { status, expires_at: expiresAt ?? pendingExpiresAt(date) }
    case 'CANCELLED':
      return { status, expires_at: expiresAt ?? null, cancelled_at: cancelledAt ?? date }
    default:
      return { status, expires_at: expiresAt ?? null }
  }
}

function periodAt({ interval }: Plan, anchor: Date, at: Date) {
  const number = Math.max(1, periodNumberAt(anchor, interval, at))
  return { number, ...periodNumber(anchor, interval, number) }
}

/**
 * An active order becomes a subscription that renews each period like a granted plan, without being billed.
 */
function subscriptionRecord({ values, amount, currency }: OrderRow, plan: Plan, at: Date) {
  const { id, userId, organisationId = null, date, expiresAt = null } = values
  const { planLimits, planFeatures } = planSnapshot(plan)
  const { number, start, end } = periodAt(plan, date, at)
  return {
    user_id: userId,
    organisation_id: organisationId,
    plan_id: plan.id,
    order_id: id,
    plan_name: plan.name,
    plan_interval: plan.interval,
    plan_limits: planLimits,
    plan_features: planFeatures,
    price: amount,
    currency,
    collection: 'NONE',
    bought_at: date,
    status: 'ACTIVE',
    anchor: date,
    period_number: number,
    current_period_start: start,
    current_period_end: end,
    ends_at: expiresAt,
    created_at: date,
    updated_at: at,
  }
}

async function writeSubscriptions(tx: Transaction, records: ReturnType<typeof subscriptionRecord>[]): Promise<void> {
  if (records.length === 0) return
  const columns = Prisma.raw(Object.keys(records[0] ?? {}).join(', '))
  await tx.$executeRaw`
    INSERT INTO subscriptions (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::subscriptions, ${rowsToJson(records)}::jsonb)`
  const orders = records.map(({ order_id }) => order_id)
  await tx.$executeRaw`
    UPDATE users SET portal_tier = plan.type FROM subscriptions AS subscription JOIN plans AS plan ON plan.id = subscription.plan_id
    WHERE subscription.order_id = ANY (${orders}::bigint[]) AND subscription.organisation_id IS NULL AND users.id = subscription.user_id`
  await tx.$executeRaw`
    UPDATE organisations SET portal_tier = plan.type FROM subscriptions AS subscription JOIN plans AS plan ON plan.id = subscription.plan_id
    WHERE subscription.order_id = ANY (${orders}::bigint[]) AND organisations.id = subscription.organisation_id`
}

/** Writes ids and amounts as text, because they may exceed the range of JSON numbers. */
function rowsToJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

async function recordImport(
  tx: Transaction,
  { users, organisations, memberships, plans, orders, unchanged, rejected }: ValidatedRows,
  at: Date,
): Promise<void> {
  const counts = { users: users.length, organisations: organisations.length, memberships: memberships.length }
  const details = { ...counts, plans: plans.length, orders: orders.length, unchanged, rejected: rejected.length }
  await recordAuditEntry(tx, { actor: TERMINAL, action: 'import', subject: 'import', details, at })
}
