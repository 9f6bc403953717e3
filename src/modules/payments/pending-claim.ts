import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { lockCustomer } from '../identity/index.js'
import { CLAIM_SECONDS } from './provider-claim.js'

/** The right to apply or to revoke the pending change of a subscription, which one process has at a time. */
export interface PendingClaim {
  readonly subscriptionId: bigint
  readonly until: Date
  /** Whether the provider may have made the change already, because its response to an earlier call is unknown. */
  readonly mayBeMade: boolean
}

type PendingChange = Pick<Subscription, 'id' | 'pendingPlanId' | 'userId' | 'organisationId'>

/**
 * Claims the pending change. The claim is committed before the provider is called, so that no transaction is open
 * during the call. It expires, so that another process can continue if this one dies.
 * @returns null if it is claimed, is no longer pending, or a change in progress will replace it
 */
export function claimPendingChange(
  db: Database,
  { id, pendingPlanId, ...customer }: PendingChange,
  { onlyActive }: { onlyActive: boolean },
): Promise<PendingClaim | null> {
  return runTransaction(db, async (tx) => {
    // Under the lock, no change can be requested at the same time.
    await lockCustomer(tx, customer)
    const [claim] = await tx.$queryRaw<Omit<PendingClaim, 'subscriptionId'>[]>`
      UPDATE subscriptions SET pending_claimed_until = statement_timestamp() + ${CLAIM_SECONDS} * interval '1 second'
      FROM (SELECT pending_claimed_until AS claimed_until FROM subscriptions WHERE id = ${id}) AS previous
      WHERE id = ${id} AND pending_plan_id = ${pendingPlanId} AND (NOT ${onlyActive} OR status = 'ACTIVE')
        AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
        AND NOT EXISTS (SELECT FROM plan_changes WHERE subscription_id = ${id} AND status = 'REQUESTED')
      RETURNING pending_claimed_until AS until, claimed_until IS NOT NULL AS "mayBeMade"`
    return claim ? { subscriptionId: id, ...claim } : null
  })
}

/** Whether a process calls the provider for the pending change. Call it under the customer's lock. */
export async function isPendingChangeClaimed(tx: Transaction, subscriptionId: bigint): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT FROM subscriptions WHERE id = ${subscriptionId} AND pending_claimed_until > statement_timestamp()`
  return rows.length > 0
}

/** Ends the claim, unless another process has taken it over. */
export async function releasePendingChange(tx: Transaction, { subscriptionId, until }: PendingClaim): Promise<void> {
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_claimed_until = NULL WHERE id = ${subscriptionId} AND pending_claimed_until = ${until}::timestamptz`
}

/** Ends the claim after a call whose outcome is unknown. The next process reads the provider's state first. */
export async function releaseUnknownOutcome(tx: Transaction, { subscriptionId, until }: PendingClaim): Promise<void> {
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_claimed_until = statement_timestamp()
    WHERE id = ${subscriptionId} AND pending_claimed_until = ${until}::timestamptz`
}
