import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { listHeldPayments, sumOfHeld } from '../ledger/index.js'
import { isAwaitingPayment, isTopUp } from '../orders/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import type { Services } from '../services.js'
import { type DocumentSnapshot } from './document-snapshot.js'
import { INVOICE_NOT_FOUND } from './invoice.errors.js'
import { buildSnapshot } from './invoice.rules.js'
import { getInvoiceData } from './invoice-data.queries.js'
import { impliedRate, NOT_TAXED, onlyTax, type TaxDecision } from './tax/tax.rules.js'
import { buildTopUpDocument } from './top-up-document.js'

/** The part of an issued document that is needed to serve its PDF. */
export interface IssuedInvoice {
  id: bigint
  number: string
  kind: PrismaJson.InvoiceKind
  userId: string
  organisationId: string | null
}

const ISSUED_INVOICE_COLUMNS = { id: true, number: true, kind: true, userId: true, organisationId: true } as const

/** Finds the invoice or payment statement of an order. */
export function findIssuedInvoiceForOrder(db: Database, orderId: bigint): Promise<IssuedInvoice | null> {
  return db.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } }, select: ISSUED_INVOICE_COLUMNS })
}

export function findIssuedInvoice(db: Database, id: bigint): Promise<IssuedInvoice | null> {
  return db.invoice.findUnique({ where: { id }, select: ISSUED_INVOICE_COLUMNS })
}

export function invoiceNotFoundError(id: bigint): DomainError {
  return new DomainError(INVOICE_NOT_FOUND, `Invoice ${id} does not exist, or you may not view it`)
}

/** Builds the document of an order without an invoice. It is built for every request and never stored. */
export async function buildOrderDocument(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  order: Order,
): Promise<DocumentSnapshot> {
  return (await isTopUp(services.db, order)) ? buildTopUpDocument(services, order) : buildProForma(services, order)
}

async function buildProForma(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  order: Order,
): Promise<DocumentSnapshot> {
  const { issuer, timeZone, pricesIncludeTax } = services.config.invoices
  const snapshot = buildSnapshot({
    ...(await getInvoiceData(services.db, services, order, { withCredit: true })),
    ...(order.invoicedElsewhere && { tax: formerTax(order) }),
    kind: 'PRO_FORMA',
    number: null,
    order,
    period: null,
    issuer,
    timeZone,
    pricesIncludeTax: pricesIncludeTax && !order.invoicedElsewhere,
    merchantOfRecord: null,
    isTest: false,
    isPaid: false,
    prepaid: sumOfHeld(await listHeldPayments(services.db, order.id)),
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
    paymentMethods: !order.invoicedElsewhere && isAwaitingPayment(order, services.clock.now()) ? await listPaymentMethods(services.db) : [],
  })
  return order.invoicedElsewhere ? withFormerAmounts(snapshot, order) : snapshot
}

/** The tax of an imported order, at the rate that its amounts imply. */
function formerTax({ amount, net }: Order): TaxDecision {
  return amount === net ? NOT_TAXED : onlyTax({ category: 'STANDARD', millionths: impliedRate(net, amount - net) })
}

/** Replaces what would be calculated from the rate, which may differ by a minor unit. */
function withFormerAmounts(snapshot: DocumentSnapshot, { amount, net }: Order): DocumentSnapshot {
  const tax = (amount - net).toString()
  const taxes = snapshot.taxes.map((line) => ({ ...line, net: net.toString(), tax }))
  return { ...snapshot, subtotal: net.toString(), taxes, tax, total: amount.toString(), invoicedElsewhere: true }
}
