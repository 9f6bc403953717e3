import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Prisma } from '../../platform/postgres/generated/client.js'
import { actorName, RULE } from '../audit/index.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { listSpendableGrants, readBalance } from './balance.queries.js'
import { changeGrant, changeHeld } from './balance-parts.js'
import { amountDue, type PaymentPart, payInvoice } from './invoice-payments.js'

interface Spending {
  readonly customer: Customer
  readonly currency: string
  /** At most this amount, minor units. */
  readonly amount: bigint
  readonly at: Date
}

/**
 * Takes money from the balance: granted credit first, the soonest expiry first. Stores a payment for every grant and one
 * for the rest. Call it under the customer's lock.
 * @param purpose  the purpose of the payments; with `isHeld`, they are held on the balance for it
 */
async function takeFromBalance(
  tx: Transaction,
  { customer, currency, amount, at }: Spending,
  purpose: Pick<Prisma.PaymentUncheckedCreateInput, 'invoiceId' | 'orderId' | 'provider' | 'providerPaymentId' | 'subscriptionId'>,
  isHeld: boolean,
): Promise<PaymentPart[]> {
  if (amount <= 0n) return []
  const { free, granted } = await readBalance(tx, customer, currency)
  const grants = granted > 0n ? await listSpendableGrants(tx, customer, currency, at) : []
  const sources = [
    ...grants.map(({ id, remaining }) => ({ grantId: id as bigint | null, available: remaining })),
    { grantId: null, available: free },
  ]
  const parts: PaymentPart[] = []
  let missing = amount
  for (const { grantId, available } of sources) {
    const taken = available < missing ? available : missing
    if (taken <= 0n) continue
    missing -= taken
    if (grantId !== null) await changeGrant(tx, grantId, -taken)
    const { id } = await tx.payment.create({
      data: {
        userId: customer.userId,
        organisationId: customer.organisationId,
        kind: 'BALANCE',
        currency,
        amount: taken,
        held: isHeld ? taken : 0n,
        receivedAt: at,
        createdAt: at,
        recordedBy: actorName(RULE),
        grantId,
        ...purpose,
      },
      select: { id: true },
    })
    if (isHeld) await changeHeld(tx, customer, currency, taken)
    parts.push({ paymentId: id, kind: 'BALANCE', amount: taken, grantId })
  }
  return parts
}

/** Pays as much of an invoice as the balance covers. Call it under the customer's lock. @returns the invoice as it is now */
export async function payFromBalance(tx: Transaction, invoice: Invoice, at: Date): Promise<Invoice> {
  const customer = { userId: invoice.userId, organisationId: invoice.organisationId }
  const { currency, id: invoiceId } = invoice
  const parts = await takeFromBalance(tx, { customer, currency, amount: amountDue(invoice), at }, { invoiceId }, false)
  const paid = parts.reduce((sum, { amount }) => sum + amount, 0n)
  if (paid === 0n) return invoice
  return payInvoice(tx, invoice, parts, at, [
    { customer, currency, kind: 'BALANCE_PAYMENT', at, receivable: -paid, balance: paid, invoiceId },
  ])
}

/**
 * Holds balance for a payment that the provider is collecting, or for a pending order. Granted credit is held first.
 * @returns the amount held, minor units
 */
export async function holdBalance(
  tx: Transaction,
  spending: Spending,
  purpose: { provider: string; providerPaymentId: string; subscriptionId: bigint } | { orderId: bigint },
): Promise<bigint> {
  const parts = await takeFromBalance(tx, spending, purpose, true)
  return parts.reduce((sum, { amount }) => sum + amount, 0n)
}

/**
 * Settles open invoices from the balance, the earliest due first. Call it under the customer's lock, whenever free
 * balance has appeared.
 * @returns the invoices that are settled now
 */
export async function settleOpenInvoices(tx: Transaction, customer: Customer, currency: string, at: Date): Promise<Invoice[]> {
  const open = await tx.invoice.findMany({
    where: { ...customerFilter(customer), currency, status: 'OPEN' },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
  })
  const settled: Invoice[] = []
  for (const invoice of open) {
    const paid = await payFromBalance(tx, invoice, at)
    if (paid.status !== 'OPEN') settled.push(paid)
    else break
  }
  return settled
}
