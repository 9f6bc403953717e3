import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTogether } from '../../platform/postgres/run-statement.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { bindForCustomer, bindPortalTier, type Customer, lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { type Entitlement, readEntitlementState } from './entitlement.queries.js'
import { isDeepEqual } from './entitlement.rules.js'
import { STORE_ENTITLEMENT } from './entitlements.statements.js'

/**
 * The last step of every change to a customer's plan or limits: updates the portal tier, stores the
 * entitlement, and publishes `limits.changed` if it differs. Call it under the customer's lock, in the
 * transaction of the change.
 */
export async function refreshEntitlement(
  tx: Transaction,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  customer: Customer,
): Promise<Entitlement> {
  const at = clock.now()
  const { stored, ...entitlement } = await readEntitlementState(tx, customer, at, config.graceDays)
  const { plan, limits, changesAt } = entitlement
  const features = jsonObject.parse(entitlement.features)
  const tier = bindPortalTier(customer, plan?.type ?? 'FREE')
  const planId = plan?.id ?? null
  const isUnchanged =
    stored !== null && stored.planId === planId && isDeepEqual(stored.limits, limits) && isDeepEqual(stored.features, features)
  if (isUnchanged && stored.changesAt?.getTime() === changesAt?.getTime()) {
    await runTogether(tx, [tier])
    return entitlement
  }
  const state = { planId, limits, features, changesAt, updatedAt: at }
  await runTogether(tx, [tier, bindForCustomer(STORE_ENTITLEMENT, customer, state)])
  const { userId, organisationId } = customer
  const customerIds =
    organisationId === null
      ? { userId: jsonCustomerId(userId), organisationId }
      : { userId: null, organisationId: jsonCustomerId(organisationId) }
  notifyAfterCommit(tx, { limits: true, ...customerIds })
  if (!isUnchanged) {
    const payload = { planId, plan: plan?.slug ?? null, limits, features }
    await publishEvent(tx, { type: 'limits.changed', customer, payload, at })
  }
  return entitlement
}

/** Locks the customer and refreshes the entitlement in a separate transaction. */
export async function refreshCustomerEntitlement(services: Pick<Services, 'clock' | 'config' | 'db'>, customer: Customer): Promise<void> {
  await runTransaction(services.db, async (tx) => {
    await lockCustomer(tx, customer)
    await refreshEntitlement(tx, services, customer)
  })
}

const REFRESH_BATCH_SIZE = 500

interface ChangedEntitlement {
  id: bigint
  changesAt: Date
  userId: string | null
  organisationId: string | null
}

/**
 * Refreshes entitlements that have changed since the last refresh because a plan or an override expired. One
 * that cannot be refreshed does not stop the others.
 * @throws AggregateError with the failures
 */
export async function refreshExpiredEntitlements(services: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  const { db, clock } = services
  const at = clock.now()
  const read = (last: ChangedEntitlement | undefined) => db.$queryRaw<ChangedEntitlement[]>`
    SELECT id, changes_at AS "changesAt", user_id AS "userId", organisation_id AS "organisationId" FROM entitlements
    WHERE changes_at <= ${at} AND (changes_at, id) > (${last?.changesAt.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n})
    ORDER BY changes_at, id LIMIT ${REFRESH_BATCH_SIZE}`
  const refresh = ({ userId, organisationId }: ChangedEntitlement) =>
    refreshCustomerEntitlement(services, { userId: userId ?? '', organisationId })
  await runForEachRow(readBatches(REFRESH_BATCH_SIZE, read), refresh, 'entitlements could not be refreshed')
}
