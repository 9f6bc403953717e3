import { busyError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { LIMIT_NAMES, type LimitValues } from '../catalog/index.js'
import { type Customer, notAMemberError, userNotFoundError } from '../identity/index.js'
import type { Services } from '../services.js'
import type { AccessState } from './access.rules.js'
import { calculateEntitlement, type Entitlement } from './entitlement.queries.js'
import type { LimitOverrideRule } from './entitlement.rules.js'

const MAX_ATTEMPTS = 10

/** The plan as far as a refusal speaks of it. */
export interface EffectivePlan {
  readonly name: string
  readonly rank: number
}

/** What may be used at one moment. */
export interface CurrentEntitlement extends Entitlement<EffectivePlan> {
  /** Given back with a lock: whether it is still so. */
  readonly version: number | null
}

/**
 * Does what depends on what a holder may use, without holding its lock while that is read: `attempt` locks, compares the
 * version and answers undefined when the entitlement has changed meanwhile, and then it is read again.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND when the user is no member; BUSY when it changes all the time
 */
export async function withCurrentEntitlement<T>(
  services: Services,
  holder: Customer,
  attempt: (entitlement: CurrentEntitlement) => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const result = await attempt(await readEntitlementSnapshot(services, holder))
    if (result !== undefined) return result
  }
  throw busyError('The plan is being changed; try again in a moment')
}

interface SnapshotRow extends AccessState {
  isMember: boolean
  version: number | null
  overrides: (Omit<LimitOverrideRule, 'endsAt'> & { endsAt: string | null })[] | null
  /** Of the live subscription; the status is null where there is none. */
  plan: EffectivePlan & LimitValues
  planLimits: unknown
  planFeatures: unknown
  defaultPlan: (EffectivePlan & LimitValues & { features: unknown }) | null
}

/** Everything in one statement, for this is asked with every server and every e-mail. */
async function readEntitlementSnapshot({ db, clock, config }: Services, holder: Customer): Promise<CurrentEntitlement> {
  const row = await readSnapshotRow(db, holder)
  if (!row) throw userNotFoundError(holder.userId)
  if (holder.organisationId !== null && !row.isMember) throw notAMemberError(holder.userId, holder.organisationId)
  const { defaultPlan, version } = row
  const subscription = row.status === null ? null : row
  const overrides = (row.overrides ?? []).map(({ endsAt, ...override }) => ({
    ...override,
    endsAt: endsAt === null ? null : new Date(endsAt),
  }))
  return { ...calculateEntitlement({ subscription, defaultPlan, overrides }, clock.now(), config.graceDays), version }
}

async function readSnapshotRow(db: Database, { userId, organisationId }: Customer): Promise<SnapshotRow | undefined> {
  const organisation = organisationId ?? 0
  const own = (table: string) => {
    const column = (name: string) => Prisma.raw(`${table}.${name}`)
    return organisationId === null
      ? Prisma.sql`${column('user_id')} = ${userId}`
      : Prisma.sql`${column('organisation_id')} = ${organisation}`
  }
  const itself = organisationId === null ? Prisma.sql`AND live.organisation_id IS NULL` : Prisma.empty
  const rows = await db.$queryRaw<SnapshotRow[]>`
    SELECT membership.role IS NOT NULL AS "isMember", told.version,
      live.status::text, live.current_period_end AS "currentPeriodEnd", live.past_due_since AS "pastDueSince",
      live.ends_at AS "endsAt", live.pause_keeps_access AS "pauseKeepsAccess", live.plan_limits AS "planLimits",
      live.plan_features AS "planFeatures",
      jsonb_build_object('name', bought.name, 'rank', bought.rank, ${limitsIn('bought')}) AS plan,
      CASE WHEN free.id IS NOT NULL THEN
        jsonb_build_object('name', free.name, 'rank', free.rank, 'features', free.features, ${limitsIn('free')}) END AS "defaultPlan",
      (SELECT jsonb_agg(jsonb_build_object('id', given.id, 'resource', given.resource, 'percent', given.percent, 'value', given.value,
         'endsAt', given.ends_at, 'removedAt', NULL))
       FROM limit_overrides AS given WHERE given.removed_at IS NULL AND ${own('given')}) AS overrides
    FROM users AS person
    LEFT JOIN memberships AS membership ON membership.user_id = person.id AND membership.organisation_id = ${organisation}
    LEFT JOIN entitlements AS told ON ${own('told')}
    LEFT JOIN subscriptions AS live ON live.status <> 'EXPIRED' AND ${own('live')} ${itself}
    LEFT JOIN plans AS bought ON bought.id = live.plan_id
    LEFT JOIN plans AS free ON free.is_default
    WHERE person.id = ${userId}`
  return rows[0]
}

/** 'serverLimit', free.server_limit, … for a table of plans that the statement calls `free`. */
function limitsIn(table: 'bought' | 'free'): Prisma.Sql {
  const column = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Prisma.raw(LIMIT_NAMES.map((name) => `'${name}', ${table}.${column(name)}`).join(', '))
}
