import { busyError } from '../../core/errors.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import type { RowOf } from '../../platform/postgres/statement.js'
import { bindForCustomer, type Customer, notAMemberError, userNotFoundError } from '../identity/index.js'
import type { Services } from '../services.js'
import { calculateEntitlement, type Entitlement } from './entitlement.queries.js'
import { type EffectivePlan, READ_ENTITLEMENT_SOURCES } from './entitlements.statements.js'

const MAX_SNAPSHOT_ATTEMPTS = 10

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

async function readEntitlementSnapshot(
  { db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>,
  customer: Customer,
): Promise<CurrentEntitlement> {
  const row = await readRow(db, bindForCustomer(READ_ENTITLEMENT_SOURCES, customer, customer))
  if (!row) throw userNotFoundError(customer.userId)
  if (customer.organisationId !== null && !row.isMember) throw notAMemberError(customer.userId, customer.organisationId)
  const { defaultPlan, version } = row
  const overrides = (row.overrides ?? []).map(({ endsAt, id, ...override }) => ({
    ...override,
    id: BigInt(id),
    endsAt: endsAt === null ? null : new Date(endsAt),
  }))
  return { ...calculateEntitlement({ subscription: subscriptionOf(row), defaultPlan, overrides }, clock.now(), config.graceDays), version }
}

function subscriptionOf(row: RowOf<typeof READ_ENTITLEMENT_SOURCES.forUser>) {
  const { status, currentPeriodEnd, pauseKeepsAccess } = row
  return status === null || currentPeriodEnd === null || pauseKeepsAccess === null
    ? null
    : { ...row, status, currentPeriodEnd, pauseKeepsAccess }
}
