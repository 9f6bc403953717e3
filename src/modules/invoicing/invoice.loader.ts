import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'
import type { DocumentSnapshot } from './invoice.rules.js'

/** What GraphQL shows of a document without looking into its snapshot. */
export const INVOICE_FIELDS = {
  id: true,
  kind: true,
  number: true,
  orderId: true,
  creditedInvoiceId: true,
  currency: true,
  subtotal: true,
  tax: true,
  total: true,
  status: true,
  issuedAt: true,
} as const

export const orderInvoiceLoader = ({ db }: Services) =>
  createOneByKeyLoader(
    (orderIds) => db.invoice.findMany({ where: { orderId: { in: orderIds }, kind: { not: 'CREDIT_NOTE' } }, select: INVOICE_FIELDS }),
    (invoice) => invoice.orderId,
  )

export const invoiceLoader = ({ db }: Services) =>
  createOneByKeyLoader(
    (ids) => db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_FIELDS }),
    (invoice) => invoice.id,
  )

export const snapshotLoader = ({ db }: Services) =>
  createOneByKeyLoader(
    async (ids) => {
      const rows = await db.invoice.findMany({ where: { id: { in: ids } }, select: { id: true, snapshot: true } })
      return rows.map(({ id, snapshot }) => ({ id, snapshot: snapshot as unknown as DocumentSnapshot }))
    },
    ({ id }) => id,
  )

/** Oldest first. */
export const creditNotesLoader = ({ db }: Services) =>
  createManyByKeyLoader(
    (ids) => db.invoice.findMany({ where: { creditedInvoiceId: { in: ids } }, select: INVOICE_FIELDS, orderBy: { id: 'asc' } }),
    (creditNote) => creditNote.creditedInvoiceId ?? 0,
  )
