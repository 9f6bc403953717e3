import { periodNumber, periodNumberAt } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Plan, Prisma } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import { type OrderReason, pendingExpiresAt, singleLine } from '../orders/index.js'
import type { OrganisationGrant } from './organisation-grants.js'
import { rowsToJson } from './rows-to-json.js'
import type { OrderRow } from './validated-rows.js'

/** Passes rows as JSON with the columns of the tables, so that a hundred thousand rows take only seconds. */
export async function writeOrders(
  tx: Transaction,
  rows: readonly OrderRow[],
  plans: ReadonlyMap<bigint, Plan>,
  at: Date,
  reason: OrderReason = 'PURCHASE',
): Promise<void> {
  const records = rows.map((row) => ({ row, order: { ...orderRecord(row, plans.get(row.values.planId ?? 0n), at), reason } }))
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

/** Writes a grant of each plan, which counts as received with the import and costs nothing. */
export async function writeGrants(
  tx: Transaction,
  grants: readonly OrganisationGrant[],
  plans: ReadonlyMap<bigint, Plan>,
  at: Date,
): Promise<void> {
  const ids = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT nextval('orders_id_seq') AS id FROM generate_series(1, ${grants.length}::int) ORDER BY id`
  const rows = grants.map(({ userId, organisationId, planId, expiresAt }, index): OrderRow => {
    const plan = plans.get(planId)
    const values = { id: ids[index]?.id ?? 0n, userId, organisationId, planId, status: 'ACTIVE', amount: '0', date: at } as const
    const items = [singleLine(plan ? { kind: 'TEXT', description: plan.name } : { kind: 'ORDER', parameters: {} }, 0n)]
    return { values: { ...values, expiresAt: expiresAt ?? undefined }, currency: plan?.currency ?? '', amount: 0n, net: 0n, items }
  })
  await writeOrders(tx, rows, plans, at, 'GRANT')
}

function orderRecord({ values, amount, net, currency }: OrderRow, plan: Plan | undefined, at: Date) {
  const { id, userId, organisationId = null, notes = null, date } = values
  const state = stateOf(values, at)
  const period = plan && state.status === 'ACTIVE' ? periodAt(plan, date, at) : undefined
  const snapshot = plan && planSnapshot(plan)
  return {
    id,
    user_id: userId,
    organisation_id: organisationId,
    currency,
    amount,
    net,
    period_amount: amount,
    forfeited: 0,
    invoiced_elsewhere: state.status !== 'PENDING',
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
function subscriptionRecord({ values, items, currency }: OrderRow, plan: Plan, at: Date) {
  const { id, userId, organisationId = null, date, expiresAt = null, lifetime = false } = values
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
    // As the catalog states prices: what the items cost. A lifetime plan is paid already.
    price: lifetime ? 0n : items.reduce((sum, item) => sum + item.amount, 0n),
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
