import { encodeId } from '../../core/ids.js'
import { formatDecimal } from '../../core/money.js'
import { type ExportedTable, exportedTable } from '../../core/table-export.js'
import { listByTime, readFilteredBatches } from '../../platform/postgres/filtered-page.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { CUSTOMER_COLUMNS, type ExportedCustomer, exportedCustomerId } from '../identity/index.js'
import type { Services } from '../services.js'
import { buildOrderFilter } from './all-orders.queries.js'
import type { OrderFilter } from './order.type.js'

const BATCH_SIZE = 500

interface OrderRow extends ExportedCustomer {
  id: bigint
  placedAt: Date
  status: string
  reason: string
  planId: bigint | null
  planName: string | null
  currency: string
  amount: bigint
  activatedAt: Date | null
  expiresAt: Date | null
  cancelledAt: Date | null
  invoiceNumber: string | null
}

const COLUMNS = Prisma.sql`
  id, placed_at AS "placedAt", status, reason, plan_id AS "planId", plan_name AS "planName", currency, amount,
  activated_at AS "activatedAt", expires_at AS "expiresAt", cancelled_at AS "cancelledAt",
  (SELECT number FROM invoices WHERE order_id = orders.id AND kind <> 'CREDIT_NOTE') AS "invoiceNumber", ${CUSTOMER_COLUMNS}`

const CELLS: Record<string, (row: OrderRow) => string | null> = {
  id: ({ id }) => encodeId('Order', id),
  placed_at: ({ placedAt }) => placedAt.toISOString(),
  status: ({ status }) => status,
  reason: ({ reason }) => reason,
  customer_id: exportedCustomerId,
  customer_name: ({ customerName }) => customerName,
  customer_email: ({ customerEmail }) => customerEmail,
  buyer_id: ({ userId }) => encodeId('User', userId),
  plan_id: ({ planId }) => (planId === null ? null : encodeId('Plan', planId)),
  plan_name: ({ planName }) => planName,
  currency: ({ currency }) => currency,
  amount: ({ amount, currency }) => formatDecimal({ minorUnits: amount, currency }),
  activated_at: ({ activatedAt }) => activatedAt?.toISOString() ?? null,
  expires_at: ({ expiresAt }) => expiresAt?.toISOString() ?? null,
  cancelled_at: ({ cancelledAt }) => cancelledAt?.toISOString() ?? null,
  invoice_number: ({ invoiceNumber }) => invoiceNumber,
}

/**
 * The orders that match a filter, oldest first.
 * @param path  of the filter in errors
 * @throws BAD_USER_INPUT naming a field of the filter
 */
export async function exportOrders(
  { rawQuery }: Pick<Services, 'rawQuery'>,
  path: string,
  input: OrderFilter,
  size = BATCH_SIZE,
): Promise<ExportedTable> {
  const filter = await buildOrderFilter({ rawQuery }, path, input)
  const list = listByTime<bigint>('orders', 'placed_at', false)
  const positionOf = ({ placedAt, id }: OrderRow) => ({ at: placedAt, id })
  return exportedTable(CELLS, readFilteredBatches<OrderRow>(rawQuery, { list, columns: COLUMNS, filter, size, positionOf }))
}
