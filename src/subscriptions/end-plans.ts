import type { Transaction } from '../database/client.js'
import type { Order } from '../database/generated/client.js'
import { type Holder, heldBy } from '../identity/holder.js'

/** Cancels the plan orders of a holder that are active. Call it under the holder's lock. */
export async function cancelActiveOrders(tx: Transaction, holder: Holder, at: Date): Promise<Order[]> {
  return tx.order.updateManyAndReturn({
    where: { ...heldBy(holder), status: 'ACTIVE', planId: { not: null } },
    data: { status: 'CANCELLED', cancelledAt: at },
  })
}

/** Ends the holder's subscription, if there is one. Call it under the holder's lock. */
export async function endSubscription(tx: Transaction, holder: Holder, at: Date): Promise<void> {
  await tx.subscription.updateMany({
    where: { ...heldBy(holder), status: { not: 'EXPIRED' } },
    data: { status: 'EXPIRED', endedAt: at, updatedAt: at },
  })
}
