import { buildPage, type ConnectionArguments, parsePageRequest } from '../../core/pagination.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { type CustomerTable, countVisibleRows, type ListScope, readVisibleRows } from '../../platform/postgres/keyset-page.js'
import { canView, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { INVOICE_FIELDS } from './invoice.loader.js'

const INVOICES: CustomerTable = { table: 'invoices', time: 'issued_at', timeField: 'issuedAt' }
const EXCLUDE_CREDIT_NOTES = Prisma.sql`AND kind <> 'CREDIT_NOTE'`

export type InvoiceRecord = Prisma.InvoiceGetPayload<{ select: typeof INVOICE_FIELDS }>

/** A page of invoices, newest first. */
export async function listInvoices(
  { db, rawQuery: read }: Pick<Services, 'db' | 'rawQuery'>,
  whose: ListScope,
  pageArguments: ConnectionArguments,
) {
  const request = parsePageRequest(pageArguments)
  const ids = (
    await readVisibleRows<{ id: number }>(read, INVOICES, Prisma.sql`id, issued_at AS "issuedAt"`, whose, request, EXCLUDE_CREDIT_NOTES)
  ).map(({ id }) => id)
  const found = await db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_FIELDS })
  const rows = new Map(found.map((invoice) => [invoice.id, invoice]))
  const sorted = ids.flatMap((id) => rows.get(id) ?? [])
  return Object.assign(
    buildPage(request, sorted, (invoice: InvoiceRecord) => ({ at: invoice.issuedAt, id: invoice.id })),
    { count: () => countVisibleRows(db, INVOICES, whose, EXCLUDE_CREDIT_NOTES) },
  )
}

/** Null when there is none, or when the viewer may not see it; credit notes are their invoice's. */
export async function findInvoice(db: Database, viewer: UserPrincipal, id: number): Promise<InvoiceRecord | null> {
  const where = { id, kind: { not: 'CREDIT_NOTE' as const } }
  const invoice = await db.invoice.findUnique({ where, select: { ...INVOICE_FIELDS, userId: true, organisationId: true } })
  return invoice && (await canView(db, viewer, invoice)) ? invoice : null
}
