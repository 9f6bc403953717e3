import type { Transaction } from '../../../platform/postgres/client.js'
import { runOnce } from '../../../platform/postgres/idempotency.js'
import { actorName, RULE, recordAuditEntry } from '../../audit/index.js'
import { customerName, lockCustomer } from '../../identity/index.js'
import { lockInvoice } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { creditInvoices, storeParts, storeRefund } from './credit-refund.js'
import { enqueueFinishPart } from './finish-part.js'
import { completeRefund } from './pay-out-part.js'
import { daysSincePurchase } from './refund-eligibility.js'

const REASON = 'Unused part of the plan'

/**
 * The job: refunds the unused share of an order through its provider, which is the merchant of record. The plan has
 * ended already. A second run changes nothing.
 * @param amount  at most this amount, minor units
 */
export async function refundUnused(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  { orderId, amount }: { orderId: bigint; amount: bigint },
): Promise<void> {
  const request = { principal: actorName(RULE), operation: 'refundUnused', key: `order:${orderId}`, input: { orderId: Number(orderId) } }
  await runOnce(services, request, async (tx) => ({ refundId: await refundOrder(tx, services, orderId, amount) }))
}

/** @returns the id of the refund; null if nothing is paid */
async function refundOrder(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  orderId: bigint,
  unused: bigint,
): Promise<number | null> {
  const order = await tx.order.findUniqueOrThrow({ where: { id: orderId }, include: { subscription: true } })
  await lockCustomer(tx, order)
  const invoice = await lockInvoice(tx, { orderId })
  const paid = invoice?.paidTotal ?? 0n
  const amount = unused < paid ? unused : paid
  if (!invoice || amount === 0n) return null
  const at = services.clock.now()
  const { userId, organisationId, currency } = order
  const days = daysSincePurchase(order, order.subscription, at)
  const fields = { orderId, userId, organisationId, type: null, currency, amount, days, reason: REASON, createdAt: at }
  const refund = await storeRefund(tx, fields)
  const details = { refundId: refund.id, orderId, amount: amount.toString(), currency }
  await recordAuditEntry(tx, { actor: RULE, action: 'refundUnused', subject: customerName(order), details, at })
  const share = { invoiceId: invoice.id, max: amount }
  const { parts } = await creditInvoices(tx, services, [share], { refund, amount, reason: { isUnusedPart: true } })
  for (const part of await storeParts(tx, refund, parts, 'ORIGINAL')) {
    if (part.payment?.kind === 'PROVIDER') await enqueueFinishPart(tx, part.id, 0)
  }
  await completeRefund(tx, services, refund.id)
  return Number(refund.id)
}
