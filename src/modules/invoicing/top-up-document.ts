import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment, RefundPart } from '../../platform/postgres/generated/client.js'
import { listHeldPayments, sumOfHeld } from '../ledger/index.js'
import { describeLines, isAwaitingPayment, linesForTopUp, singleLine } from '../orders/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import type { Services } from '../services.js'
import type { DocumentSnapshot } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import { buildSnapshot } from './invoice.rules.js'
import { getBuyer } from './invoice-data.queries.js'
import { NOT_TAXED } from './tax/tax.rules.js'

type DocumentServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/** A payment, its reversal or a refund of it, as a receipt shows it. */
interface ReceiptEntry {
  readonly description: string
  readonly amount: bigint
  readonly at: Date
}

/**
 * Builds the document of an order that adds money to the balance, without a number and without tax: the request for the
 * payment, or the receipt when it is paid. It is built for every request and never stored.
 */
export async function buildTopUpDocument(services: DocumentServices, order: Order): Promise<DocumentSnapshot> {
  return order.status === 'ACTIVE' ? buildReceipt(services, order) : buildPaymentRequest(services, order)
}

async function buildPaymentRequest(services: DocumentServices, order: Order): Promise<DocumentSnapshot> {
  const { buyer, locale } = await getBuyer(services.db, services, order)
  return buildSnapshot({
    ...commonParts(services, order),
    buyer,
    locale,
    lines: describeLines(linesForTopUp(order.amount), locale),
    kind: 'PAYMENT_REQUEST',
    isTest: false,
    isPaid: false,
    prepaid: sumOfHeld(await listHeldPayments(services.db, order.id)),
    paymentMethods: isAwaitingPayment(order, services.clock.now()) ? await listPaymentMethods(services.db) : [],
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
  })
}

/** Its lines are the payments for the order, with their reversals and refunds. */
async function buildReceipt(services: DocumentServices, order: Order): Promise<DocumentSnapshot> {
  const { buyer, locale } = await getBuyer(services.db, services, order)
  const payments = await listPayments(services.db, order)
  const entries = (await Promise.all(payments.map((payment) => describePayment(services, payment, locale)))).flat()
  const date = order.activatedAt ?? order.placedAt
  const lines = entries.map(({ description, amount }) => ({ ...singleLine({ kind: 'TEXT', description }, amount), description }))
  const snapshot = buildSnapshot({
    ...commonParts(services, order),
    buyer,
    locale,
    lines,
    kind: 'RECEIPT',
    paymentMethods: [],
    isTest: payments.some(({ provider }) => services.providers.find(provider)?.isTest),
    isPaid: entries.reduce((sum, { amount }) => sum + amount, 0n) > 0n,
    date,
    dueDate: date,
  })
  const dated = snapshot.lines.map((line, index) => ({ ...line, date: entries[index]?.at.toISOString() }))
  return { ...snapshot, lines: dated }
}

function commonParts({ config }: DocumentServices, order: Order) {
  const { issuer, timeZone } = config.invoices
  return { issuer, timeZone, order, number: null, period: null, tax: NOT_TAXED, pricesIncludeTax: true, merchantOfRecord: null }
}

type ReceiptPayment = Payment & { refundParts: RefundPart[] }

/** The payments, with their parts that were refunded to the payment method. A payout of the balance belongs to no payment. */
function listPayments(tx: Transaction, { id: orderId, currency }: Order): Promise<ReceiptPayment[]> {
  return tx.payment.findMany({
    where: { orderId, currency, kind: { not: 'BALANCE' } },
    include: { refundParts: { where: { destination: 'ORIGINAL', status: 'DONE' }, orderBy: { id: 'asc' } } },
    orderBy: { id: 'asc' },
  })
}

async function describePayment(
  { findMissingGlyph }: DocumentServices,
  { kind, reference, amount, receivedAt, reversedAt, refundParts }: ReceiptPayment,
  locale: string,
): Promise<ReceiptEntry[]> {
  const { messages } = messagesFor(locale)
  const [item] = describeLines(linesForTopUp(amount), locale)
  // A reference may contain characters that no font has.
  const isPrintable = reference !== null && !(await findMissingGlyph(reference))
  const payment = isPrintable ? `${messages.paymentKinds[kind]} ${reference}` : messages.paymentKinds[kind]
  const received = { description: messages.labelled(item?.description ?? '', payment), amount, at: receivedAt }
  const refunds = refundParts.map((part) => ({
    description: messages.refund(payment),
    amount: -part.amount,
    at: part.doneAt ?? receivedAt,
  }))
  const reversals = reversedAt ? [{ description: messages.reversal(payment), amount: -amount, at: reversedAt }] : []
  return [received, ...refunds, ...reversals]
}
