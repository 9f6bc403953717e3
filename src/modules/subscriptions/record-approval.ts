import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { type Actor, actorName, recordAuditEntry } from '../audit/index.js'
import { customerName } from '../identity/index.js'
import type { ReceivedPayment } from '../ledger/index.js'

interface Approval {
  readonly actor: Actor
  /** Minor units. */
  readonly amount: bigint
  readonly at: Date
}

/** The payment of kind OTHER by which an approval records the amount that no payment covers yet. */
export function approvedPayment({ userId, organisationId, currency }: Order, { actor, amount, at }: Approval): ReceivedPayment {
  return { customer: { userId, organisationId }, kind: 'OTHER', currency, amount, receivedAt: at, recordedBy: actorName(actor), at }
}

/** Adds the approval of an order to the audit log. */
export async function recordApproval(
  tx: Transaction,
  order: Order,
  { actor, amount, at, notes }: Approval & { readonly notes?: string | undefined },
): Promise<void> {
  const details = { orderId: order.id, planId: order.planId, amount: amount.toString(), currency: order.currency, notes: notes ?? null }
  await recordAuditEntry(tx, { actor, action: 'applyPlan', subject: customerName(order), details, at })
}
