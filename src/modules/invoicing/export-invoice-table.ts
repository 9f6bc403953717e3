import { encodeId } from '../../core/ids.js'
import { formatDecimal } from '../../core/money.js'
import { type ExportedTable, exportedTable } from '../../core/table-export.js'
import { listByTime, readFilteredBatches } from '../../platform/postgres/filtered-page.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { CUSTOMER_COLUMNS, type ExportedCustomer, exportedCustomerId } from '../identity/index.js'
import type { Services } from '../services.js'
import { buildDocumentFilter } from './all-invoices.queries.js'
import type { InvoiceFilter } from './all-invoices.type.js'

const BATCH_SIZE = 500

interface InvoiceRow extends ExportedCustomer {
  id: bigint
  number: string
  kind: string
  status: string
  issuedAt: Date
  dueAt: Date
  orderId: bigint
  currency: string
  subtotal: bigint
  tax: bigint
  total: bigint
  creditedTotal: bigint
}

const COLUMNS = Prisma.sql`
  id, number, kind, status, issued_at AS "issuedAt", due_at AS "dueAt", order_id AS "orderId", currency, subtotal, tax, total,
  credited_total AS "creditedTotal", ${CUSTOMER_COLUMNS}`

const decimal = (minorUnits: bigint, { currency }: InvoiceRow) => formatDecimal({ minorUnits, currency })

const CELLS: Record<string, (row: InvoiceRow) => string | null> = {
  id: ({ id }) => encodeId('Invoice', id),
  number: ({ number }) => number,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  issued_at: ({ issuedAt }) => issuedAt.toISOString(),
  due_at: ({ dueAt }) => dueAt.toISOString(),
  order_id: ({ orderId }) => encodeId('Order', orderId),
  customer_id: exportedCustomerId,
  customer_name: ({ customerName }) => customerName,
  customer_email: ({ customerEmail }) => customerEmail,
  currency: ({ currency }) => currency,
  net: (row) => decimal(row.subtotal, row),
  tax: (row) => decimal(row.tax, row),
  total: (row) => decimal(row.total, row),
  credited: (row) => decimal(row.creditedTotal, row),
}

/**
 * The invoices that match a filter, oldest first.
 * @param path  of the filter in errors
 * @throws BAD_USER_INPUT naming a field of the filter
 */
export async function exportInvoiceTable(
  { clock, rawQuery }: Pick<Services, 'clock' | 'rawQuery'>,
  path: string,
  input: InvoiceFilter,
  size = BATCH_SIZE,
): Promise<ExportedTable> {
  const filter = await buildDocumentFilter({ clock, rawQuery }, 'invoices', path, input)
  const list = listByTime<bigint>('invoices', 'issued_at', false)
  const positionOf = ({ issuedAt, id }: InvoiceRow) => ({ at: issuedAt, id })
  return exportedTable(CELLS, readFilteredBatches<InvoiceRow>(rawQuery, { list, columns: COLUMNS, filter, size, positionOf }))
}
