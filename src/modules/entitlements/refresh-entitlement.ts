import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { readTogether, runTogether } from '../../platform/postgres/run-statement.js'
import type { BoundStatement } from '../../platform/postgres/statement.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { bindForCustomer, bindPortalTier, type Customer, lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { bindEntitlement, type Entitlement, type EntitlementRows, entitlementOf } from './entitlement.queries.js'
import { isDeepEqual } from './entitlement.rules.js'
import { FIND_LIVE_SUBSCRIPTION, STORE_ENTITLEMENT } from './entitlements.statements.js'

type RefreshServices = Pick<Services, 'clock' | 'config'>

/**
 * The last step of every change to a customer's plan or limits: updates the portal tier, stores the
 * entitlement, and publishes `limits.changed` if it differs. Call it under the customer's lock, in the
 * transaction of the change.
 */
export async function refreshEntitlement(tx: Transaction, services: RefreshServices, customer: Customer): Promise<Entitlement> {
  const { live, ...rows } = await readTogether(tx, {
    live: bindForCustomer(FIND_LIVE_SUBSCRIPTION, customer, {}),
    ...bindEntitlement(customer),
  })
  const { entitlement, statements } = await changeEntitlement(tx, services, customer, live[0], rows)
  await runTogether(tx, statements)
  return entitlement
}

/**
 * Does what `refreshEntitlement` does, with what was read before the change, except for running the statements.
 * @param live  the live subscription after the change
 * @param rows  their plans include that of the subscription
 */
export async function changeEntitlement(
  tx: Transaction,
  { clock, config }: RefreshServices,
  customer: Customer,
  live: Subscription | undefined,
  rows: EntitlementRows,
): Promise<{ entitlement: Entitlement; statements: BoundStatement[] }> {
  const at = clock.now()
  const entitlement = entitlementOf(live, rows, at, config.graceDays)
  const [stored] = rows.stored
  const { plan, limits, changesAt } = entitlement
  const features = jsonObject.parse(entitlement.features)
  const tier = bindPortalTier(customer, plan?.type ?? 'FREE')
  const planId = plan?.id ?? null
  const isUnchanged =
    stored !== undefined && stored.planId === planId && isDeepEqual(stored.limits, limits) && isDeepEqual(stored.features, features)
  if (isUnchanged && stored.changesAt?.getTime() === changesAt?.getTime()) return { entitlement, statements: [tier] }
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
  const state = { planId, limits, features, changesAt, updatedAt: at }
  return { entitlement, statements: [tier, bindForCustomer(STORE_ENTITLEMENT, customer, state)] }
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
