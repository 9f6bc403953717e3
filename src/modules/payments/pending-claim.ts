import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { lockCustomer } from '../identity/index.js'
import { NothingChangedError } from './payment.errors.js'
import { CLAIM_SECONDS, MAX_CALL_MS } from './provider-claim.js'

/** The right to apply or to revoke the pending change of a subscription, which one process has at a time. */
export interface PendingClaim {
  readonly subscriptionId: bigint
  readonly until: Date
  /** When it was claimed, by `performance.now()`. */
  readonly startedAt: number
  /** Whether the provider may have made the change already, because its response to an earlier call is unknown. */
  readonly mayBeMade: boolean
}

type PendingChange = Pick<Subscription, 'id' | 'pendingPlanId' | 'userId' | 'organisationId'>

/**
 * Claims the pending change. The claim is committed before the provider is called, so that no transaction is open
 * during the call. It expires, so that another process can continue if this one dies.
 * @param onlyActive  whether to claim it only to make it: if the subscription is active and the change is not made
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
    const startedAt = performance.now()
    const [claim] = await tx.$queryRaw<Pick<PendingClaim, 'until' | 'mayBeMade'>[]>`
      UPDATE subscriptions SET pending_claimed_until = statement_timestamp() + ${CLAIM_SECONDS} * interval '1 second'
      FROM (SELECT pending_claimed_until AS claimed_until FROM subscriptions WHERE id = ${id}) AS previous
      WHERE id = ${id} AND pending_plan_id = ${pendingPlanId} AND (NOT ${onlyActive} OR (status = 'ACTIVE' AND pending_made_at IS NULL))
        AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
        AND NOT EXISTS (SELECT FROM plan_changes WHERE subscription_id = ${id} AND status = 'REQUESTED')
      RETURNING pending_claimed_until AS until, claimed_until IS NOT NULL AS "mayBeMade"`
    return claim ? { subscriptionId: id, startedAt, ...claim } : null
  })
}

/** Whether the provider may be making the pending change. Remains false only under the customer's lock. */
export async function isPendingChangeClaimed(tx: Transaction, subscriptionId: bigint): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT id FROM subscriptions WHERE id = ${subscriptionId} AND pending_claimed_until > statement_timestamp()`
  return rows.length > 0
}

/**
 * Schedules a change, which replaces the one that was scheduled before. If none was, nothing is unknown any more:
 * what an earlier call has changed has been applied. Call it under the customer's lock.
 */
export async function schedulePendingChange(tx: Transaction, subscriptionId: bigint, planId: bigint, at: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_plan_id = ${planId}, pending_made_at = NULL, updated_at = ${at}::timestamptz,
      pending_claimed_until = CASE WHEN pending_plan_id IS NOT NULL OR pending_claimed_until > statement_timestamp()
        THEN pending_claimed_until END
    WHERE id = ${subscriptionId}`
}

/** Ends the claim, unless another process has taken it over. Call it when the provider's state is known. */
export async function releasePendingChange(tx: Transaction, { subscriptionId, until }: PendingClaim): Promise<void> {
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_claimed_until = NULL WHERE id = ${subscriptionId} AND pending_claimed_until = ${until}::timestamptz`
}

/**
 * Ends the claim of a process that has changed nothing at the provider. If an earlier call may have, that remains
 * unknown: the next process reads the provider's state first.
 */
export async function releaseUnchanged(tx: Transaction, { subscriptionId, until, mayBeMade }: PendingClaim): Promise<void> {
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_claimed_until = CASE WHEN ${mayBeMade} THEN statement_timestamp() END
    WHERE id = ${subscriptionId} AND pending_claimed_until = ${until}::timestamptz`
}

/**
 * Ends the claim after a call to change the plan has failed. The provider may still be working on a request that it
 * has not responded to, so the claim then continues until that must have ended.
 */
export async function releaseAfterFailure(tx: Transaction, claim: PendingClaim, failure: unknown): Promise<void> {
  if (failure instanceof NothingChangedError) return releaseUnchanged(tx, claim)
  const { subscriptionId, until } = claim
  await tx.$executeRaw`
    UPDATE subscriptions SET pending_claimed_until = statement_timestamp() + ${MAX_CALL_MS} * interval '1 millisecond'
    WHERE id = ${subscriptionId} AND pending_claimed_until = ${until}::timestamptz`
}
