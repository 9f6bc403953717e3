import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment } from '../../platform/postgres/generated/client.js'
import { actorName, PROVIDER } from '../audit/index.js'
import { lockCustomer } from '../identity/index.js'
import { type ReceivedPayment, receiveSurplus, settleOpenInvoices } from '../ledger/index.js'
import type { Services } from '../services.js'
import { recordReplacement, settleEndedSubscription } from '../subscriptions/index.js'
import { findPaidPlan } from './paid-plan.queries.js'
import type { PaymentProvider, PaymentSnapshot } from './payment-provider.port.js'
import { recordCharge } from './record-charge.js'
import { recordReportedRefunds } from './record-provider-refund.js'

export type RecordResult = 'recorded' | 'duplicate' | 'unpaid' | 'unknown subscription' | { readonly parked: string }

type RecordServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/**
 * Records a payment of a provider with its order and its document: our invoice, or a payment statement when the provider
 * is the seller. For a payment that is recorded already, only new refunds are recorded. A subscription that we have ended
 * before leaves its unused share on the balance.
 */
export async function recordPayment(
  tx: Transaction,
  services: RecordServices,
  provider: PaymentProvider,
  payment: PaymentSnapshot,
): Promise<RecordResult> {
  const key = { provider: provider.name, providerSubscriptionId: payment.subscriptionId }
  const found = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key } })
  if (!found) return 'unknown subscription'
  if (!payment.isPaid) return 'unpaid'
  await lockCustomer(tx, found)
  const paymentKey = { kind: 'PROVIDER' as const, provider: provider.name, providerPaymentId: payment.id }
  const existing = await tx.payment.findFirst({ where: paymentKey })
  if (existing) return recordRefunds(tx, services, existing, payment)
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id: found.id }, include: { plan: true } })
  const at = services.clock.now()
  const { order, payment: stored } = await storePayment(tx, services, provider, payment, subscription)
  if (payment.refunded > 0n) {
    const recorded = await recordRefunds(tx, services, stored, payment)
    if (typeof recorded === 'object') return recorded
  }
  if (order && subscription.revokedAt !== null) await creditEndedSubscription(tx, services, order, subscription.revokedAt)
  await settleOpenInvoices(tx, subscription, payment.currency, at)
  return 'recorded'
}

/** @returns the payment, and its order; null if it pays none */
async function storePayment(
  tx: Transaction,
  services: RecordServices,
  provider: PaymentProvider,
  payment: PaymentSnapshot,
  subscription: Parameters<typeof recordCharge>[3]['subscription'],
): Promise<{ order: Order | null; payment: Payment }> {
  const at = services.clock.now()
  const received: ReceivedPayment = {
    customer: { userId: subscription.userId, organisationId: subscription.organisationId },
    kind: 'PROVIDER',
    currency: payment.currency,
    amount: payment.total,
    receivedAt: new Date(payment.createdAt),
    recordedBy: actorName(PROVIDER),
    at,
    provider: { name: provider.name, paymentId: payment.id },
    subscriptionId: subscription.id,
  }
  // The charge for a plan change of a subscription that has ended since pays nothing.
  if (payment.reason === 'updated' && subscription.revokedAt !== null && provider.merchantOfRecord === null) {
    return { order: null, payment: await receiveSurplus(tx, received, null) }
  }
  const paid = await findPaidPlan(tx, subscription, payment)
  const { order, payment: stored } = await recordCharge(tx, services, provider, { subscription, ...paid, snapshot: payment, received })
  if (!stored) throw new Error(`payment ${payment.id} of ${provider.name} was not stored`)
  return { order, payment: stored }
}

async function recordRefunds(
  tx: Transaction,
  services: RecordServices,
  stored: Payment,
  { refunded }: PaymentSnapshot,
): Promise<RecordResult> {
  const recorded = await recordReportedRefunds(tx, services, stored, refunded)
  if (typeof recorded === 'object') return recorded
  return recorded === 0n ? 'duplicate' : 'recorded'
}

/**
 * Credits the unused share of an order that was paid after we had ended its subscription. What was paid for it before has
 * been credited, or forfeited, at its end.
 */
async function creditEndedSubscription(
  tx: Transaction,
  services: RecordServices,
  { id: orderId, subscriptionId, periodStart, periodEnd }: Order,
  endedAt: Date,
): Promise<void> {
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id: subscriptionId ?? 0n } })
  // The payment may have arrived before the update that begins its period. That of a change covers only a part of it.
  const isCurrent = periodEnd?.getTime() === subscription.currentPeriodEnd.getTime()
  const period = !isCurrent && periodStart && periodEnd && { currentPeriodStart: periodStart, currentPeriodEnd: periodEnd }
  const amount = await settleEndedSubscription(tx, services, { ...subscription, ...period, orderId }, { at: endedAt })
  if (amount === 0n) return
  const { id, currency } = subscription
  await recordReplacement(tx, subscription, { subscriptionId: id, amount, currency, at: services.clock.now() })
}
