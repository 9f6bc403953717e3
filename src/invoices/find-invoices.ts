import { type ConnectionArguments, page, pageRequest } from '../core/pagination.js'
import type { Database } from '../database/client.js'
import { Prisma } from '../database/generated/client.js'
import { countVisible, type HolderTable, readVisible, type Whose } from '../database/visible-rows.js'
import { INVOICE_FIELDS } from './invoice.loader.js'

const INVOICES: HolderTable = { table: 'invoices', time: 'issued_at' }
const NO_CREDIT_NOTES = Prisma.sql`AND kind <> 'CREDIT_NOTE'`

export type InvoiceRecord = Prisma.InvoiceGetPayload<{ select: typeof INVOICE_FIELDS }>

/** A page of invoices, newest first. */
export async function listInvoices(db: Database, whose: Whose, pageArguments: ConnectionArguments) {
  const request = pageRequest(pageArguments)
  const ids = await readVisible(db, INVOICES, whose, request, NO_CREDIT_NOTES)
  const found = await db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_FIELDS })
  const rows = new Map(found.map((invoice) => [invoice.id, invoice]))
  const sorted = ids.flatMap((id) => rows.get(id) ?? [])
  return {
    ...page(request, sorted, (invoice: InvoiceRecord) => ({ at: invoice.issuedAt, id: invoice.id })),
    count: () => countVisible(db, INVOICES, whose, NO_CREDIT_NOTES),
  }
}
