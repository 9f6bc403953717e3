import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { findOpenInvoice } from '../subscriptions/index.js'
import { cancellationEnd } from './cancellation.rules.js'
import type { SubscriptionSnapshot } from './payment-provider.port.js'

interface ProviderReport {
  readonly snapshot: SubscriptionSnapshot
  readonly at: Date
}

/**
 * Returns when a cancellation that a provider reports was received, and when the subscription ends: at once if an invoice is
 * open, by `settleProviderEnd`. Undefined for one that was cancelled before it was known here.
 */
export async function findCancellation(
  tx: Transaction,
  before: Subscription,
  subscription: Subscription,
  { snapshot, at }: ProviderReport,
): Promise<{ receivedAt: Date; endsAt: Date } | undefined> {
  if (subscription.status !== 'CANCELLED' || before.status === 'CANCELLED') return undefined
  const isUnpaid = (await findOpenInvoice(tx, subscription)) !== null
  return { receivedAt: new Date(snapshot.updatedAt), endsAt: cancellationEnd(subscription, { at, isUnpaid }) }
}
