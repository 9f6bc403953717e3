import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import { changeGrant, changeHeld, endHold } from './balance-parts.js'
import { amountDue, payInvoice } from './invoice-payments.js'
import type { PaymentMethodKind } from './ledger.enums.js'
import { postToLedger } from './post-to-ledger.js'

export interface ReceivedPayment {
  readonly customer: Customer
  readonly kind: Exclude<PaymentMethodKind, 'BALANCE'>
  readonly currency: string
  /** Minor units, greater than zero. */
  readonly amount: bigint
  readonly reference?: string | null
  readonly receivedAt: Date
  /** The name of the actor. */
  readonly recordedBy: string
  readonly at: Date
  readonly provider?: { readonly name: string; readonly paymentId: string }
  readonly subscriptionId?: bigint | null
}

/**
 * Records money that pays an invoice. What exceeds the amount due goes to the balance. Call it under the customer's
 * lock; then settle the open invoices.
 */
export async function receiveInvoicePayment(
  tx: Transaction,
  payment: ReceivedPayment,
  invoice: Invoice,
): Promise<{ payment: Payment; invoice: Invoice }> {
  const { customer, currency, amount, at } = payment
  const due = amountDue(invoice)
  const paid = amount < due ? amount : due
  const stored = await storePayment(tx, payment, { invoiceId: invoice.id, orderId: invoice.orderId })
  const entry = { customer, currency, kind: 'PAYMENT', at, invoiceId: invoice.id, paymentId: stored.id } as const
  await postToLedger(tx, { ...entry, receivable: -paid, balance: paid - amount, cash: amount })
  return { payment: stored, invoice: await payInvoice(tx, invoice, [{ paymentId: stored.id, amount: paid }], at) }
}

/** Records money for a pending order, for which it is held on the balance. Call it under the customer's lock. */
export async function receiveOrderPayment(tx: Transaction, payment: ReceivedPayment, orderId: bigint): Promise<Payment> {
  const { id } = await receiveSurplus(tx, payment, orderId)
  await changeHeld(tx, payment.customer, payment.currency, payment.amount)
  return tx.payment.update({ where: { id }, data: { held: payment.amount } })
}

/** Records money that pays no invoice: all of it goes to the balance. Call it under the customer's lock. */
export async function receiveSurplus(tx: Transaction, payment: ReceivedPayment, orderId: bigint | null): Promise<Payment> {
  const { customer, currency, amount, at } = payment
  const stored = await storePayment(tx, payment, { orderId })
  await postToLedger(tx, { customer, currency, kind: 'PAYMENT', at, balance: -amount, cash: amount, paymentId: stored.id })
  return stored
}

/** Pays an invoice with payments that were held for it. The part that is not needed becomes free. @returns the invoice as it is now */
export async function payWithHeld(tx: Transaction, invoice: Invoice, payments: readonly Payment[], at: Date): Promise<Invoice> {
  const customer = { userId: invoice.userId, organisationId: invoice.organisationId }
  const { currency, id: invoiceId } = invoice
  let due = amountDue(invoice)
  const parts: { paymentId: bigint; amount: bigint }[] = []
  for (const payment of payments) {
    const { id: paymentId, held, grantId } = payment
    const amount = held < due ? held : due
    due -= amount
    await endHold(tx, payment)
    if (grantId !== null) await changeGrant(tx, grantId, held - amount)
    if (amount > 0n) parts.push({ paymentId, amount })
  }
  const paid = parts.reduce((sum, { amount }) => sum + amount, 0n)
  if (paid === 0n) return invoice
  await postToLedger(tx, { customer, currency, kind: 'BALANCE_PAYMENT', at, receivable: -paid, balance: paid, invoiceId })
  return payInvoice(tx, invoice, parts, at)
}

type Purpose = Partial<Pick<Payment, 'invoiceId' | 'orderId'>>

function storePayment(
  tx: Transaction,
  { customer, kind, currency, amount, reference, receivedAt, recordedBy, at, provider, subscriptionId }: ReceivedPayment,
  purpose: Purpose,
): Promise<Payment> {
  return tx.payment.create({
    data: {
      userId: customer.userId,
      organisationId: customer.organisationId,
      kind,
      currency,
      amount,
      reference: reference ?? null,
      receivedAt,
      createdAt: at,
      recordedBy,
      provider: provider?.name ?? null,
      providerPaymentId: provider?.paymentId ?? null,
      subscriptionId: subscriptionId ?? null,
      ...purpose,
    },
  })
}
