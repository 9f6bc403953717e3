import { formatDecimal, type MoneyAmount } from '../../core/money.js'
import { type Cell, type ExportedTable, exportedTable } from '../../core/table-export.js'
import type { Services } from '../services.js'
import type { ReportInput } from './report-range.js'
import { readRevenueReport } from './revenue-report.queries.js'
import type { RevenueMonthRow } from './revenue-report.rules.js'

const decimal = (amount: MoneyAmount) => ({ decimal: formatDecimal(amount) })

const CELLS: Record<string, (row: RevenueMonthRow) => Cell> = {
  month: ({ month }) => month,
  currency: ({ currency }) => currency,
  mrr_start: ({ mrrStart }) => decimal(mrrStart),
  new: ({ newMrr }) => decimal(newMrr),
  expansion: ({ expansion }) => decimal(expansion),
  contraction: ({ contraction }) => decimal(contraction),
  churn: ({ churn }) => decimal(churn),
  mrr_end: ({ mrrEnd }) => decimal(mrrEnd),
  active_customers: ({ activeCustomers }) => String(activeCustomers),
  invoiced: ({ invoiced }) => decimal(invoiced),
  credited: ({ credited }) => decimal(credited),
  revenue: ({ revenue }) => decimal(revenue),
  tax: ({ tax }) => decimal(tax),
  provider_tax: ({ providerTax }) => decimal(providerTax),
  received: ({ received }) => decimal(received),
  refunded: ({ refunded }) => decimal(refunded),
  granted: ({ granted }) => decimal(granted),
  balance: ({ balance }) => decimal(balance),
  receivable: ({ receivable }) => decimal(receivable),
}

/**
 * The revenue report as a table, in one batch: it has few rows.
 * @param path  of the input in errors
 * @throws BAD_USER_INPUT as `readRevenueReport`
 */
export async function exportRevenue(
  services: Pick<Services, 'clock' | 'config' | 'rawQuery'>,
  path: string,
  input: ReportInput,
): Promise<ExportedTable> {
  const rows = await readRevenueReport(services, path, input)
  return exportedTable(CELLS, [rows])
}
