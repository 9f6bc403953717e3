import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { actorName, recordAuditEntry } from '../audit/index.js'
import { customerName, type UserPrincipal } from '../identity/index.js'
import type { ReceivedPayment } from '../ledger/index.js'

interface Approval {
  readonly principal: UserPrincipal
  /** Minor units. */
  readonly amount: bigint
  readonly at: Date
}

/** The payment of kind OTHER by which an approval records the amount that no payment covers yet. */
export function approvedPayment({ userId, organisationId, currency }: Order, { principal, amount, at }: Approval): ReceivedPayment {
  return { customer: { userId, organisationId }, kind: 'OTHER', currency, amount, receivedAt: at, recordedBy: actorName(principal), at }
}

/** Adds the approval of an order to the audit log. */
export async function recordApproval(
  tx: Transaction,
  order: Order,
  { principal, amount, at, notes }: Approval & { readonly notes?: string | undefined },
): Promise<void> {
  const details = { orderId: order.id, planId: order.planId, amount: amount.toString(), currency: order.currency, notes: notes ?? null }
  await recordAuditEntry(tx, { actor: principal, action: 'applyPlan', subject: customerName(order), details, at })
}
