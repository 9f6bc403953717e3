import type { Transaction } from '../../../platform/postgres/client.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { refreshEntitlement } from '../../entitlements/index.js'
import { settleOpenInvoices } from '../../ledger/index.js'
import { recordMrr } from '../../reports/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { expireActiveOrders, releaseSubscription } from '../end-subscription.js'
import { cancelRenewal } from './cancel-renewal.js'
import { publishAccessChange } from './overdue.js'

/**
 * Ends a subscription at its agreed end, or a cancelled one at the end of its period. The customer has used the whole time, so
 * unpaid invoices stay open.
 * @returns the ended subscription
 */
export async function endOfTerm(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  subscription: Subscription,
): Promise<Subscription> {
  const at = services.clock.now()
  const { id, currency, status: before, endsAt, currentPeriodEnd } = subscription
  const endedAt = endsAt ?? currentPeriodEnd
  const data = { status: 'EXPIRED', endedAt, collectAt: null, updatedAt: at } as const
  const ended = await tx.subscription.update({ where: { id }, data })
  await expireActiveOrders(tx, subscription, at)
  await releaseSubscription(tx, id, at)
  await cancelRenewal(tx, services, subscription)
  await settleOpenInvoices(tx, subscription, currency, at)
  await refreshEntitlement(tx, services, subscription)
  await recordMrr(tx, services, subscription, endedAt)
  const payload = { subscriptionId: id, status: 'EXPIRED' }
  await publishEvent(tx, { type: 'plan.expired', customer: subscription, payload, at })
  await publishAccessChange(tx, before, ended, at)
  return ended
}
