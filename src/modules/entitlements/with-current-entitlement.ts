import { busyError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { type Customer, notAMemberError, userNotFoundError } from '../identity/index.js'
import { LIMIT_NAMES, type LimitValues } from '../limited-resources.rules.js'
import type { Services } from '../services.js'
import type { AccessState } from './access.rules.js'
import { calculateEntitlement, type Entitlement } from './entitlement.queries.js'
import type { LimitOverrideRule } from './entitlement.rules.js'

const MAX_SNAPSHOT_ATTEMPTS = 10

/** The part of the plan that PLAN_LIMIT_EXCEEDED needs. */
export interface EffectivePlan {
  readonly name: string
  readonly rank: number
}

/** The entitlement as it was read, with its version. */
export interface CurrentEntitlement extends Entitlement<EffectivePlan> {
  /** Optimistic-lock counter, compared under the customer's lock; null if no entitlement is stored yet. */
  readonly version: number | null
}

/**
 * Optimistic concurrency: reads the entitlement without a lock and passes it to `attempt`, which locks the
 * customer and compares the version. If it returns undefined because the version has changed, the entitlement
 * is read again.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND when the user is not a member, BUSY when the entitlement
 * keeps changing
 */
export async function withCurrentEntitlement<T>(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  customer: Customer,
  attempt: (entitlement: CurrentEntitlement) => Promise<T | undefined>,
): Promise<T> {
  for (let attempts = 0; attempts < MAX_SNAPSHOT_ATTEMPTS; attempts += 1) {
    const result = await attempt(await readEntitlementSnapshot(services, customer))
    if (result !== undefined) return result
  }
  throw busyError('The plan is being changed; try again in a moment')
}

interface SnapshotRow extends AccessState {
  isMember: boolean
  version: number | null
  overrides: (Omit<LimitOverrideRule, 'endsAt' | 'id'> & { endsAt: string | null; id: number })[] | null
  /** Plan of the live subscription. Without one, `status` is null. */
  plan: EffectivePlan & LimitValues
  planLimits: unknown
  planFeatures: unknown
  defaultPlan: (EffectivePlan & LimitValues & { features: unknown }) | null
}

/** One statement for everything, because every server claim and every e-mail runs it. */
async function readEntitlementSnapshot(
  { db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>,
  customer: Customer,
): Promise<CurrentEntitlement> {
  const row = await readSnapshotRow(db, customer)
  if (!row) throw userNotFoundError(customer.userId)
  if (customer.organisationId !== null && !row.isMember) throw notAMemberError(customer.userId, customer.organisationId)
  const { defaultPlan, version } = row
  const subscription = row.status === null ? null : row
  const overrides = (row.overrides ?? []).map(({ endsAt, id, ...override }) => ({
    ...override,
    id: BigInt(id),
    endsAt: endsAt === null ? null : new Date(endsAt),
  }))
  return { ...calculateEntitlement({ subscription, defaultPlan, overrides }, clock.now(), config.graceDays), version }
}

async function readSnapshotRow(db: Database, { userId, organisationId }: Customer): Promise<SnapshotRow | undefined> {
  const organisation = organisationId ?? ''
  const ownedBy = (table: string) => {
    const column = (name: string) => Prisma.raw(`${table}.${name}`)
    return organisationId === null
      ? Prisma.sql`${column('user_id')} = ${userId}`
      : Prisma.sql`${column('organisation_id')} = ${organisation}`
  }
  const userOnly = organisationId === null ? Prisma.sql`AND live.organisation_id IS NULL` : Prisma.empty
  const rows = await db.$queryRaw<SnapshotRow[]>`
    SELECT membership.role IS NOT NULL AS "isMember", stored.version,
      live.status, live.current_period_end AS "currentPeriodEnd", live.past_due_since AS "pastDueSince",
      live.ends_at AS "endsAt", live.pause_keeps_access AS "pauseKeepsAccess", live.suspended_by AS "suspendedBy",
      live.plan_limits AS "planLimits",
      live.plan_features AS "planFeatures",
      jsonb_build_object('name', purchased.name, 'rank', purchased.rank, ${limitsIn('purchased')}) AS plan,
      CASE WHEN fallback.id IS NOT NULL THEN
        jsonb_build_object('name', fallback.name, 'rank', fallback.rank, 'features', fallback.features,
          ${limitsIn('fallback')}) END AS "defaultPlan",
      (SELECT jsonb_agg(jsonb_build_object('id', change.id, 'resource', change.resource, 'percent', change.percent,
         'value', change.value, 'endsAt', change.ends_at, 'removedAt', NULL))
       FROM limit_overrides AS change WHERE change.removed_at IS NULL AND ${ownedBy('change')}) AS overrides
    FROM users AS person
    LEFT JOIN memberships AS membership ON membership.user_id = person.id AND membership.organisation_id = ${organisation}
    LEFT JOIN entitlements AS stored ON ${ownedBy('stored')}
    LEFT JOIN subscriptions AS live ON live.status <> 'EXPIRED' AND ${ownedBy('live')} ${userOnly}
    LEFT JOIN plans AS purchased ON purchased.id = live.plan_id
    LEFT JOIN plans AS fallback ON fallback.is_default
    WHERE person.id = ${userId}`
  return rows[0]
}

/** "'serverLimit', fallback.server_limit, …" for the plans that the statement calls `fallback`. */
function limitsIn(table: 'purchased' | 'fallback'): Prisma.Sql {
  const column = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Prisma.raw(LIMIT_NAMES.map((name) => `'${name}', ${table}.${column(name)}`).join(', '))
}
