import type { Transaction } from '../../../platform/postgres/client.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { type Customer, customerFilter } from '../../identity/index.js'
import { issueCreditNote, lockInvoice } from '../../invoicing/index.js'
import { amountDue, settleOpenInvoices } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { creditUnusedShare, endPlan } from '../../subscriptions/index.js'
import { publishEvent } from '../../webhooks/index.js'

/**
 * Ends a cancelled subscription at once if an invoice of its current period is open. What is still to pay of these invoices
 * is credited, and so is the unused share of what was paid. Call it late in a transaction, under the customer's lock.
 */
export async function endIfUnpaid(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  { userId, organisationId }: Customer,
): Promise<void> {
  const customer = { userId, organisationId }
  const subscription = await tx.subscription.findFirst({ where: { ...customerFilter(customer), status: 'CANCELLED' } })
  if (!subscription) return
  const open = await listOpenInvoices(tx, subscription)
  if (open.length === 0) return
  const at = services.clock.now()
  const ended = await endPlan(tx, services, subscription)
  await publishEvent(tx, {
    type: 'plan.expired',
    customer: subscription,
    payload: { subscriptionId: subscription.id, status: 'EXPIRED' },
    at,
  })
  if (ended) await creditUnusedShare(tx, services, ended, { at })
  for (const id of open) {
    const invoice = await lockInvoice(tx, { id })
    const amount = invoice ? amountDue(invoice) : 0n
    if (invoice && amount > 0n) await issueCreditNote(tx, services, invoice, { amount, reason: null })
  }
  await settleOpenInvoices(tx, customer, subscription.currency, at)
}

/** The ids of the open invoices of the current period: of the purchase or renewal, and of plan changes. */
async function listOpenInvoices(tx: Transaction, { id, currentPeriodEnd }: Subscription): Promise<bigint[]> {
  const invoices = await tx.invoice.findMany({
    where: { status: 'OPEN', order: { subscriptionId: id, periodEnd: currentPeriodEnd } },
    select: { id: true },
    orderBy: { id: 'desc' },
  })
  return invoices.map((invoice) => invoice.id)
}
