import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { listByTime, type RowFilter, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { combineFilters, timeRange, valueFilter } from '../../platform/postgres/list-filters.js'
import { customerCondition, parseSearch, searchCustomerRows } from '../identity/index.js'
import type { Services } from '../services.js'
import type { InvoiceFilter } from './all-invoices.type.js'
import { INVOICE_COLUMNS } from './invoice.loader.js'
import type { InvoiceRecord } from './invoice.queries.js'

type Documents = 'invoices' | 'credit notes'

// Literals, because the conditions of partial indexes are.
const KINDS: Record<Documents, Prisma.Sql> = {
  invoices: Prisma.sql`kind <> 'CREDIT_NOTE'`,
  'credit notes': Prisma.sql`kind = 'CREDIT_NOTE'`,
}

/**
 * A page of the invoices or of the credit notes of all customers.
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export async function listAllDocuments(
  { clock, db, rawQuery }: Pick<Services, 'clock' | 'db' | 'rawQuery'>,
  documents: Documents,
  pageArguments: ConnectionArguments,
  input: InvoiceFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<InvoiceRecord>> {
  const request = parsePageRequest(pageArguments)
  return readFilteredPage<InvoiceRecord, bigint>(rawQuery, {
    list: listByTime('invoices', 'issued_at', orderBy !== 'OLDEST_FIRST'),
    filter: await buildDocumentFilter({ clock, rawQuery }, documents, 'filter', input),
    request,
    load: (ids) => db.invoice.findMany({ where: { id: { in: ids } }, select: INVOICE_COLUMNS }),
    timeOf: ({ issuedAt }) => issuedAt,
  })
}

/** @param path  of the filter in errors @throws BAD_USER_INPUT naming a field of the filter */
export async function buildDocumentFilter(
  { clock, rawQuery }: Pick<Services, 'clock' | 'rawQuery'>,
  documents: Documents,
  path: string,
  input: InvoiceFilter,
): Promise<RowFilter> {
  const values = valueFilter(`${path}.status`, 'status', input.status)
  const conditions = [
    KINDS[documents],
    ...customerCondition(`${path}.customerId`, input.customerId),
    ...timeRange('issued_at', input),
    ...overdueCondition(input.overdue, clock.now()),
  ]
  const found = await searchCustomerRows(rawQuery, 'invoices', parseSearch(`${path}.search`, input.search), idsByNumber)
  return combineFilters({ ...found, conditions: [...conditions, ...found.conditions] }, values)
}

function overdueCondition(isOverdue: boolean | null | undefined, now: Date): Prisma.Sql[] {
  if (isOverdue == null) return []
  return [isOverdue ? Prisma.sql`status = 'OPEN' AND due_at <= ${now}` : Prisma.sql`(status <> 'OPEN' OR due_at > ${now})`]
}

function idsByNumber(numbers: readonly string[]): Prisma.Sql {
  return Prisma.sql`SELECT id FROM invoices WHERE number = ANY(${numbers}::text[])`
}
