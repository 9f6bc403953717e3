import { loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'

/** What GraphQL shows of an invoice; the snapshot stays in the database until a document is drawn. */
export const INVOICE_FIELDS = {
  id: true,
  number: true,
  orderId: true,
  currency: true,
  total: true,
  status: true,
  issuedAt: true,
} as const

export const orderInvoiceLoader = (db: Database) =>
  loadOne(
    (orderIds) => db.invoice.findMany({ where: { orderId: { in: orderIds }, kind: 'INVOICE' }, select: INVOICE_FIELDS }),
    (invoice) => invoice.orderId,
  )
