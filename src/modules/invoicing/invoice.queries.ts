import { buildPage, type ConnectionArguments, parsePageRequest, withCount } from '../../core/pagination.js'
import { sortByKeys } from '../../core/sort-by-keys.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { type CustomerTable, countVisibleRows, type ListScope, readVisibleRows } from '../../platform/postgres/keyset-page.js'
import { canView, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { INVOICE_COLUMNS } from './invoice.loader.js'

export const INVOICES: CustomerTable = { table: 'invoices', time: 'issued_at', timeField: 'issuedAt' }
export const EXCLUDE_CREDIT_NOTES = Prisma.sql`AND kind <> 'CREDIT_NOTE'`

export type InvoiceRecord = Prisma.InvoiceGetPayload<{ select: typeof INVOICE_COLUMNS }>

/** A page of invoices, newest first. */
export async function listInvoices(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  scope: ListScope,
  pageArguments: ConnectionArguments,
) {
  const request = parsePageRequest(pageArguments)
  const ids = (
    await readVisibleRows<{ id: bigint }>(rawQuery, INVOICES, Prisma.sql`id, issued_at AS "issuedAt"`, scope, request, EXCLUDE_CREDIT_NOTES)
  ).map(({ id }) => id)
  const found = await db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_COLUMNS })
  const sorted = sortByKeys(ids, found, ({ id }) => id)
  const page = buildPage(request, sorted, (invoice: InvoiceRecord) => ({ at: invoice.issuedAt, id: invoice.id }))
  return withCount(page, () => countVisibleRows(db, INVOICES, scope, EXCLUDE_CREDIT_NOTES))
}

/** @returns null if the invoice does not exist, is a credit note, or the principal may not view it */
export async function findInvoice(db: Database, principal: UserPrincipal, id: bigint): Promise<InvoiceRecord | null> {
  const where = { id, kind: { not: 'CREDIT_NOTE' as const } }
  const invoice = await db.invoice.findUnique({ where, select: INVOICE_COLUMNS })
  return invoice && (await canView(db, principal, invoice)) ? invoice : null
}
