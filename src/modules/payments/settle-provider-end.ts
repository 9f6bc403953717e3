import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { settleOpenInvoices } from '../ledger/index.js'
import type { Services } from '../services.js'
import { writeOffInvoices } from '../subscriptions/index.js'
import { isOverdue } from './cancellation.rules.js'
import { endIfUnpaid } from './manual/end-if-unpaid.js'

/**
 * Settles open invoices when the provider has ended or cancelled a subscription. What is still to pay of an overdue one is
 * credited, and a cancelled one whose invoice is open ends at once, as when it is cancelled here. Call it late in a
 * transaction, under the customer's lock.
 */
export async function settleProviderEnd(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  subscription: Subscription,
  previous: Subscription | null,
): Promise<void> {
  const { status, currency } = subscription
  if (status === 'EXPIRED') await settleOpenInvoices(tx, subscription, currency, services.clock.now())
  const wasOverdue = previous !== null && isOverdue(previous)
  if (status === 'EXPIRED' && wasOverdue) await writeOffInvoices(tx, services, subscription)
  if (status === 'CANCELLED') await endIfUnpaid(tx, services, subscription)
}
