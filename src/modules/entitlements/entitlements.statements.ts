import type { LimitOverride, Subscription } from '../../platform/postgres/generated/client.js'
import {
  bigint,
  boolean,
  char,
  int,
  json,
  nullable,
  type RecordTypes,
  selectList,
  text,
  textOf,
  timestamp,
} from '../../platform/postgres/statement.js'
import { PLAN_COLUMNS, SELECT_PLANS } from '../catalog/index.js'
import { defineCustomerStatement } from '../identity/index.js'

/** Also for other modules that read whole subscriptions. */
export const SUBSCRIPTION_COLUMNS = {
  id: bigint,
  userId: text,
  organisationId: nullable(text),
  planId: bigint,
  orderId: nullable(bigint),
  planLimits: json<Subscription['planLimits']>(),
  planFeatures: json<Subscription['planFeatures']>(),
  planName: text,
  planInterval: textOf<Subscription['planInterval']>(),
  price: nullable(bigint),
  currency: char,
  collection: textOf<Subscription['collection']>(),
  boughtAt: timestamp,
  pendingPlanId: nullable(bigint),
  pendingClaimedUntil: nullable(timestamp),
  pendingMadeAt: nullable(timestamp),
  status: textOf<Subscription['status']>(),
  anchor: timestamp,
  periodNumber: int,
  currentPeriodStart: timestamp,
  currentPeriodEnd: timestamp,
  cancelAtPeriodEnd: boolean,
  pauseKeepsAccess: boolean,
  pastDueSince: nullable(timestamp),
  endsAt: nullable(timestamp),
  endedAt: nullable(timestamp),
  collectAt: nullable(timestamp),
  nextPrice: nullable(bigint),
  nextPriceAt: nullable(timestamp),
  priceNoticeAt: nullable(timestamp),
  priceMovedAt: nullable(timestamp),
  suspendedBy: nullable(textOf<NonNullable<Subscription['suspendedBy']>>()),
  revokedAt: nullable(timestamp),
  provider: nullable(text),
  providerSubscriptionId: nullable(text),
  providerOrderId: nullable(text),
  providerUpdatedAt: nullable(timestamp),
  providerState: nullable(json<unknown>()),
  createdAt: timestamp,
  updatedAt: timestamp,
} satisfies RecordTypes<Subscription>

/** A customer has at most one subscription that has not ended. */
export const FIND_LIVE_SUBSCRIPTION = defineCustomerStatement({
  columns: SUBSCRIPTION_COLUMNS,
  sql: ({ isOf }) => `
    SELECT ${selectList(SUBSCRIPTION_COLUMNS, 'live')} FROM subscriptions AS live WHERE live.status <> 'EXPIRED' AND ${isOf('live')}`,
})

/** The default plan, and that of the live subscription. */
export const LIST_ENTITLED_PLANS = defineCustomerStatement({
  columns: PLAN_COLUMNS,
  sql: ({ isOf }) => `
    ${SELECT_PLANS} WHERE is_default OR id = (
      SELECT live.plan_id FROM subscriptions AS live WHERE live.status <> 'EXPIRED' AND ${isOf('live')})`,
})

export const LIST_OVERRIDES = defineCustomerStatement({
  columns: {
    id: bigint,
    resource: nullable(textOf<NonNullable<LimitOverride['resource']>>()),
    percent: nullable(int),
    value: nullable(int),
    endsAt: nullable(timestamp),
    removedAt: nullable(timestamp),
  },
  sql: ({ isOf }) => `
    SELECT id, resource, percent, value, ends_at AS "endsAt", removed_at AS "removedAt" FROM limit_overrides AS override
    WHERE removed_at IS NULL AND ${isOf('override')}`,
})

const ENTITLEMENT = {
  planId: nullable(bigint),
  limits: json<object>(),
  features: json<object>(),
  changesAt: nullable(timestamp),
}

export const FIND_ENTITLEMENT = defineCustomerStatement({
  columns: ENTITLEMENT,
  sql: ({ isOf }) => `SELECT ${selectList(ENTITLEMENT, 'stored')} FROM entitlements AS stored WHERE ${isOf('stored')}`,
})

export const STORE_ENTITLEMENT = defineCustomerStatement({
  parameters: { ...ENTITLEMENT, updatedAt: timestamp },
  with: ({ column }) => ({
    stored_entitlement: `
      INSERT INTO entitlements (${column}, plan_id, limits, features, changes_at, updated_at)
      VALUES ($customerId, $planId, $limits, $features, $changesAt, $updatedAt)
      ON CONFLICT (${column}) DO UPDATE SET plan_id = excluded.plan_id, limits = excluded.limits, features = excluded.features,
        changes_at = excluded.changes_at, updated_at = excluded.updated_at, version = entitlements.version + 1`,
  }),
})
