import type { LimitOverride, Subscription } from '../../platform/postgres/generated/client.js'
import {
  bigint,
  boolean,
  char,
  columnOf,
  defineStatement,
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
import type { LimitedResource } from '../limited-resources.enums.js'
import { LIMIT_NAMES, type LimitValues } from '../limited-resources.rules.js'
import type { LimitOverrideRule } from './entitlement.rules.js'

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

type OverrideInJson = Omit<LimitOverrideRule, 'endsAt' | 'id'> & { endsAt: string | null; id: number }

/** The part of the plan that PLAN_LIMIT_EXCEEDED needs. */
export interface EffectivePlan {
  readonly name: string
  readonly rank: number
}

/**
 * Everything that determines an entitlement, in one row. No row: the user does not exist. `version` is null if no entitlement
 * is stored, `status` without a live subscription.
 */
export const READ_ENTITLEMENT_SOURCES = defineCustomerStatement({
  parameters: { userId: text, organisationId: nullable(text) },
  columns: {
    isMember: boolean,
    version: nullable(int),
    status: nullable(textOf<Subscription['status']>()),
    currentPeriodEnd: nullable(timestamp),
    pastDueSince: nullable(timestamp),
    endsAt: nullable(timestamp),
    pauseKeepsAccess: nullable(boolean),
    suspendedBy: nullable(text),
    planLimits: nullable(json<unknown>()),
    planFeatures: nullable(json<unknown>()),
    plan: json<EffectivePlan & LimitValues>(),
    defaultPlan: nullable(json<EffectivePlan & LimitValues & { features: unknown }>()),
    overrides: nullable(json<OverrideInJson[]>()),
  },
  sql: ({ isOf }) => `
    SELECT membership.role IS NOT NULL AS "isMember", stored.version,
      live.status, live.current_period_end AS "currentPeriodEnd", live.past_due_since AS "pastDueSince",
      live.ends_at AS "endsAt", live.pause_keeps_access AS "pauseKeepsAccess", live.suspended_by AS "suspendedBy",
      live.plan_limits AS "planLimits", live.plan_features AS "planFeatures",
      jsonb_build_object('name', purchased.name, 'rank', purchased.rank, ${limitsIn('purchased')}) AS plan,
      CASE WHEN fallback.id IS NOT NULL THEN
        jsonb_build_object('name', fallback.name, 'rank', fallback.rank, 'features', fallback.features,
          ${limitsIn('fallback')}) END AS "defaultPlan",
      (SELECT jsonb_agg(jsonb_build_object('id', change.id, 'resource', change.resource, 'percent', change.percent,
         'value', change.value, 'endsAt', change.ends_at, 'removedAt', NULL))
       FROM limit_overrides AS change WHERE change.removed_at IS NULL AND ${isOf('change')}) AS overrides
    FROM users AS person
    LEFT JOIN memberships AS membership ON membership.user_id = person.id AND membership.organisation_id = $organisationId
    LEFT JOIN entitlements AS stored ON ${isOf('stored')}
    LEFT JOIN subscriptions AS live ON live.status <> 'EXPIRED' AND ${isOf('live')}
    LEFT JOIN plans AS purchased ON purchased.id = live.plan_id
    LEFT JOIN plans AS fallback ON fallback.is_default
    WHERE person.id = $userId`,
})

/** "'serverLimit', fallback.server_limit, …" for the plans that the statement calls `fallback`. */
function limitsIn(table: 'purchased' | 'fallback'): string {
  return LIMIT_NAMES.map((name) => `'${name}', ${table}.${columnOf(name)}`).join(', ')
}

const CLAIM = {
  externalId: text,
  userId: text,
  organisationId: nullable(text),
  resources: json<object>(),
  claimedAt: timestamp,
}

/** Null where the outcome does not need them. */
const RESERVATION = {
  resource: textOf<LimitedResource>(),
  allowed: bigint,
  used: bigint,
  requested: bigint,
  createdAt: timestamp,
}

const RESERVATION_LIST = 'claim.resource, claim.allowed, claim.used, claim.requested, claim.created_at AS "createdAt"'

/** Claims a server within the limits of the plan, unless they need to be calculated. */
export const CLAIM_SERVER_BY_PLAN = defineStatement({
  parameters: CLAIM,
  columns: {
    outcome: textOf<'claimed' | 'undecided' | 'taken' | 'refused'>(),
    ...RESERVATION,
    planName: text,
    planRank: int,
  },
  with: {
    claim_by_plan: 'SELECT * FROM claim_server_by_plan($externalId, $userId, $organisationId, $resources, $claimedAt)',
  },
  sql: `SELECT claim.outcome, ${RESERVATION_LIST}, claim.plan_name AS "planName", claim.plan_rank AS "planRank" FROM claim_by_plan AS claim`,
})

/** Claims a server within limits that were calculated before, unless the entitlement has another version now. */
export const CLAIM_SERVER_WITHIN_LIMITS = defineStatement({
  parameters: { ...CLAIM, limits: json<object>(), version: nullable(int) },
  columns: { outcome: textOf<'claimed' | 'stale' | 'taken' | 'refused'>(), ...RESERVATION },
  with: {
    claim_within_limits: 'SELECT * FROM claim_server($externalId, $userId, $organisationId, $resources, $limits, $version, $claimedAt)',
  },
  sql: `SELECT claim.outcome, ${RESERVATION_LIST} FROM claim_within_limits AS claim`,
})

/** Records usage of a resource other than servers. */
export const CONSUME_RESOURCE = defineStatement({
  parameters: {
    userId: text,
    organisationId: nullable(text),
    resource: text,
    day: nullable(text),
    key: text,
    amount: int,
    limit: nullable(int),
    version: nullable(int),
    consumedAt: timestamp,
  },
  columns: { outcome: textOf<'consumed' | 'stale' | 'conflict' | 'refused'>(), used: nullable(bigint) },
  with: {
    consumed_resource:
      'SELECT * FROM consume_resource($userId, $organisationId, $resource, $day::date, $key, $amount, $limit, $version, $consumedAt)',
  },
  sql: 'SELECT outcome, used FROM consumed_resource',
})
