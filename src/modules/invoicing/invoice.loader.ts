import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Prisma } from '../../platform/postgres/generated/client.js'
import { readRows } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import type { Services } from '../services.js'
import { parseDocumentSnapshot } from './document-snapshot.js'
import { LIST_INVOICES_OF_ORDERS } from './invoicing.statements.js'

/** The columns of an invoice that GraphQL needs without its snapshot. */
export const INVOICE_COLUMNS = {
  id: true,
  kind: true,
  number: true,
  orderId: true,
  userId: true,
  organisationId: true,
  creditedInvoiceId: true,
  refundId: true,
  currency: true,
  subtotal: true,
  tax: true,
  total: true,
  creditedTotal: true,
  paidTotal: true,
  status: true,
  issuedAt: true,
  dueAt: true,
  paidAt: true,
} as const

export const orderInvoiceLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (orderIds: bigint[]) => readRows(db, bind(LIST_INVOICES_OF_ORDERS, { orderIds })),
    (invoice) => invoice.orderId,
  )

export const invoiceLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_COLUMNS }),
    (invoice) => invoice.id,
  )

export const snapshotLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    async (ids: bigint[]) => {
      const rows = await db.invoice.findMany({ where: { id: { in: ids } }, select: { id: true, snapshot: true } })
      return rows.map(({ id, snapshot }) => ({ id, snapshot: parseDocumentSnapshot(snapshot) }))
    },
    ({ id }) => id,
  )

/** Loads the credit notes of invoices, oldest first. */
export const creditNotesLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: bigint[]) => db.invoice.findMany({ where: { creditedInvoiceId: { in: ids } }, select: INVOICE_COLUMNS, orderBy: { id: 'asc' } }),
    (creditNote) => creditNote.creditedInvoiceId,
  )

/** Loads the credit notes of refunds, in the order of their issue. */
export const refundCreditNotesLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: bigint[]) => db.invoice.findMany({ where: { refundId: { in: ids } }, select: INVOICE_COLUMNS, orderBy: { id: 'asc' } }),
    (creditNote) => creditNote.refundId,
  )

const documentLoader =
  (kind: Prisma.InvoiceWhereInput['kind']) =>
  ({ db }: Pick<Services, 'db'>) =>
    createOneByKeyLoader(
      (ids: bigint[]) => db.invoice.findMany({ where: { id: { in: ids }, kind }, select: INVOICE_COLUMNS }),
      (invoice) => invoice.id,
    )

/** Loads invoices and payment statements, but no credit notes. */
export const issuedInvoiceLoader = documentLoader({ not: 'CREDIT_NOTE' })
export const creditNoteLoader = documentLoader('CREDIT_NOTE')
