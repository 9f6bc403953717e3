import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { isAwaitingPayment } from '../orders/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import type { Services } from '../services.js'
import { type DocumentSnapshot } from './document-snapshot.js'
import { INVOICE_NOT_FOUND } from './invoice.errors.js'
import { buildSnapshot } from './invoice.rules.js'
import { getInvoiceData } from './invoice-data.queries.js'

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

/** Builds the pro forma of an order without an invoice. It is built for every request and never stored. */
export async function buildProForma(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  order: Order,
): Promise<DocumentSnapshot> {
  const { issuer, timeZone, pricesIncludeTax } = services.config.invoices
  return buildSnapshot({
    ...(await getInvoiceData(services.db, services, order, { withCredit: true })),
    kind: 'PRO_FORMA',
    number: null,
    order,
    period: null,
    issuer,
    timeZone,
    pricesIncludeTax,
    merchantOfRecord: null,
    isTest: false,
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
    paid: false,
    paymentMethods: isAwaitingPayment(order, services.clock.now()) ? await listPaymentMethods(services.db) : [],
  })
}
