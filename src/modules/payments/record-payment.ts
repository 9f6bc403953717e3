import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment, Subscription } from '../../platform/postgres/generated/client.js'
import { actorName, PROVIDER } from '../audit/index.js'
import { lockCustomer } from '../identity/index.js'
import { findExcess, type ReceivedPayment, receiveSurplus, settleOpenInvoices } from '../ledger/index.js'
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
  // The money has arrived, but it cannot be shown. The provider's event keeps it until there is room.
  const excess = await findExcess(tx, found, { minorUnits: payment.total, currency: payment.currency })
  if (excess) return { parked: `${excess}. Replay the event when balance has been paid out or granted credit has expired` }
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id: found.id }, include: { plan: true } })
  const at = services.clock.now()
  const stored = await storePayment(tx, services, provider, payment, subscription)
  if (payment.refunded > 0n) return recordRefunds(tx, services, stored, payment)
  if (subscription.revokedAt !== null) await creditEndedSubscription(tx, services, subscription.id, subscription.revokedAt)
  await settleOpenInvoices(tx, subscription, payment.currency, at)
  return 'recorded'
}

async function storePayment(
  tx: Transaction,
  services: RecordServices,
  provider: PaymentProvider,
  payment: PaymentSnapshot,
  subscription: Parameters<typeof recordCharge>[3]['subscription'],
): Promise<Payment> {
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
    return receiveSurplus(tx, received, null)
  }
  const paid = await findPaidPlan(tx, subscription, payment)
  const { payment: stored } = await recordCharge(tx, services, provider, { subscription, ...paid, snapshot: payment, received })
  if (!stored) throw new Error(`payment ${payment.id} of ${provider.name} was not stored`)
  return stored
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

/** Credits what was paid for a subscription after we had ended it, because another plan has replaced it. */
async function creditEndedSubscription(tx: Transaction, services: RecordServices, id: bigint, endedAt: Date): Promise<void> {
  const subscription: Subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  const amount = await settleEndedSubscription(tx, services, subscription, { at: endedAt })
  if (amount === 0n) return
  const { currency } = subscription
  await recordReplacement(tx, subscription, { subscriptionId: id, amount, currency, at: services.clock.now() })
}
