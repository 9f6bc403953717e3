import { z } from 'zod'
import type { Config } from '../../../config/config.js'
import { isPanelId } from '../../../core/ids.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Payment } from '../../../platform/postgres/generated/client.js'
import { actorName, PROVIDER } from '../../audit/index.js'
import type { Customer } from '../../identity/index.js'
import { type ReceivedPayment, receiveOrderPayment, receiveSurplus } from '../../ledger/index.js'
import { isAwaitingPayment, isTopUp, lockOrder } from '../../orders/index.js'
import { type CollectionServices, lockUpToDate, settleCustomer } from '../../subscriptions/index.js'
import { publishEvent } from '../../webhooks/index.js'
import { verifyCheckoutSignature } from '../checkout-signature.js'
import type { ProcessingResult } from '../inbound-webhooks/processing-result.js'
import type { PaymentProvider, TopUpSnapshot } from '../payment-provider.port.js'
import { recordReportedRefunds } from '../record-provider-refund.js'
import { completeTopUp } from './complete-top-up.js'
import { topUpPaymentId } from './top-up-payment-id.js'

/** The custom data of the payment pages of top-ups. */
const customDataSchema = z.object({
  user_id: z.string().refine(isPanelId),
  organisation_id: z.string().refine(isPanelId).optional(),
  top_up_order_id: z.string().regex(/^\d{1,15}$/),
  proof: z.string(),
})
type TopUpData = z.output<typeof customDataSchema>

type RecordServices = CollectionServices

/**
 * Records the payment of a top-up at a provider. It is held for its order until the amount is complete. Money that is
 * late, too much, in another currency or for an order that does not exist any more goes to the balance. A payment that is
 * recorded already changes nothing.
 */
export async function recordTopUpPayment(
  tx: Transaction,
  services: RecordServices,
  provider: PaymentProvider,
  snapshot: TopUpSnapshot,
): Promise<ProcessingResult> {
  if (!snapshot.isPaid || snapshot.total === 0n) return 'PROCESSED'
  const named = readNames(services.config, snapshot.custom)
  // Anybody can add custom data to the pages of a provider that has none for top-ups.
  if (!named && !provider.createTopUpCheckout) return 'PROCESSED'
  if (!provider.createTopUpCheckout) return { parked: `${provider.name} sells no top-ups; refund this order there` }
  const customer = named && (await findCustomer(tx, named))
  if (!customer) return { parked: 'the order of this top-up is unknown: its custom data names no customer, or was changed' }
  await lockUpToDate(tx, services, customer)
  const providerPaymentId = topUpPaymentId(snapshot.id)
  const recorded = await tx.payment.count({ where: { kind: 'PROVIDER', provider: provider.name, providerPaymentId } })
  if (recorded > 0) return 'PROCESSED'
  const order = await lockTopUpOrder(tx, named, customer)
  const payment = await receive(tx, services, provider, snapshot, { customer, order })
  const refunded = await recordReportedRefunds(tx, services, payment, snapshot.refunded)
  return typeof refunded === 'object' ? refunded : 'PROCESSED'
}

/** @returns undefined unless we have written the custom data */
function readNames(config: Config, custom: unknown): TopUpData | undefined {
  const { data } = customDataSchema.safeParse(custom)
  return data && verifyCheckoutSignature(config, data, data.proof) ? data : undefined
}

/** The organisation keeps the money even if the user has left it. */
async function findCustomer(tx: Transaction, { user_id: userId, organisation_id: id }: TopUpData): Promise<Customer | undefined> {
  if (!(await tx.user.findUnique({ where: { id: userId }, select: { id: true } }))) return undefined
  if (id === undefined) return { userId, organisationId: null }
  const organisation = await tx.organisation.findUnique({ where: { id }, select: { id: true } })
  return organisation ? { userId, organisationId: id } : undefined
}

/** After a restored backup, the id may be that of another order. */
async function lockTopUpOrder(tx: Transaction, { top_up_order_id: id }: TopUpData, customer: Customer): Promise<Order | null> {
  const found = await tx.order.findFirst({ where: { id: BigInt(id), ...customer, planId: null }, select: { id: true, planId: true } })
  return found && (await isTopUp(tx, found)) ? lockOrder(tx, found.id) : null
}

async function receive(
  tx: Transaction,
  services: RecordServices,
  provider: PaymentProvider,
  { id, total, currency, createdAt }: TopUpSnapshot,
  { customer, order }: { customer: Customer; order: Order | null },
): Promise<Payment> {
  const at = services.clock.now()
  const received: ReceivedPayment = {
    customer,
    kind: 'PROVIDER',
    currency,
    amount: total,
    receivedAt: new Date(createdAt),
    recordedBy: actorName(PROVIDER),
    at,
    provider: { name: provider.name, paymentId: topUpPaymentId(id) },
  }
  if (!order) {
    const payment = await receiveSurplus(tx, received, null)
    await settleCustomer(tx, services, customer, currency)
    return payment
  }
  const payload = { orderId: order.id, planId: null, amount: total.toString(), currency, reason: order.reason }
  await publishEvent(tx, { type: 'payment.received', customer, payload, at })
  if (isAwaitingPayment(order, at) && order.currency === currency) {
    const payment = await receiveOrderPayment(tx, received, order.id)
    await completeTopUp(tx, services, order)
    return payment
  }
  const payment = await receiveSurplus(tx, received, order.id)
  await settleCustomer(tx, services, customer, currency)
  return payment
}
