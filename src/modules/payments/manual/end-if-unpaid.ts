import type { Transaction } from '../../../platform/postgres/client.js'
import { type Customer, customerFilter } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { endPlan, findOpenInvoice, settleEndedSubscription } from '../../subscriptions/index.js'
import { publishEvent } from '../../webhooks/index.js'

/**
 * Ends a cancelled subscription at once if an invoice of its current period is open. The amount due of its invoices is
 * credited, and so is the unused share of what was paid. Call it late in a transaction, under the customer's lock.
 */
export async function endIfUnpaid(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  { userId, organisationId }: Customer,
): Promise<void> {
  const customer = { userId, organisationId }
  const subscription = await tx.subscription.findFirst({ where: { ...customerFilter(customer), status: 'CANCELLED' } })
  if (!subscription) return
  if (!(await findOpenInvoice(tx, subscription))) return
  const at = services.clock.now()
  const ended = await endPlan(tx, services, subscription)
  await publishEvent(tx, {
    type: 'plan.expired',
    customer: subscription,
    payload: { subscriptionId: subscription.id, status: 'EXPIRED' },
    at,
  })
  if (ended) await settleEndedSubscription(tx, services, ended, { at })
}
