import { buildPage, type ConnectionArguments, parsePageRequest, withCount } from '../../core/pagination.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { countCustomerRows, readCustomerPages } from '../../platform/postgres/keyset-page.js'
import { type Customer, createCustomerListLoader, loadCustomerCount, type RequestContext, seesCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { InvoiceStatus } from './invoice.enums.js'
import { INVOICE_COLUMNS } from './invoice.loader.js'
import { EXCLUDE_CREDIT_NOTES, INVOICES, type InvoiceRecord } from './invoice.queries.js'

interface PageRow {
  id: bigint
}

interface ListArguments extends ConnectionArguments {
  status: InvoiceStatus | null
}

const pagesLoader = ({ db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>) =>
  createCustomerListLoader(async (customers, { status, ...page }: ListArguments) => {
    const columns = Prisma.sql`id, issued_at AS "issuedAt"`
    const request = parsePageRequest(page)
    const rows = await readCustomerPages<PageRow>(rawQuery, INVOICES, columns, customers, request, conditionOf(status))
    const found = await db.invoice.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, select: INVOICE_COLUMNS })
    const invoices = new Map(found.map((invoice) => [invoice.id, invoice]))
    return rows.flatMap(({ id, customerId }) => {
      const invoice = invoices.get(id)
      return invoice ? [{ ...invoice, customerId }] : []
    })
  })

const countsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader((customers, status: InvoiceStatus | null) =>
    countCustomerRows(rawQuery, INVOICES, customers, conditionOf(status)),
  )

function conditionOf(status: InvoiceStatus | null): Prisma.Sql {
  return status === null ? EXCLUDE_CREDIT_NOTES : Prisma.sql`${EXCLUDE_CREDIT_NOTES} AND status = ${status}`
}

/** Loads a page of the invoices of a customer, newest first. @returns null if the principal may not view them */
export async function loadCustomerInvoices(
  context: RequestContext,
  customer: Customer,
  page: ConnectionArguments,
  status: InvoiceStatus | null,
) {
  const request = parsePageRequest(page)
  if (!(await seesCustomer(context, customer))) return null
  const rows: InvoiceRecord[] = await context.loader(pagesLoader).load({ customer, args: { ...page, status } })
  const invoices = buildPage(request, rows, ({ issuedAt, id }) => ({ at: issuedAt, id }))
  return withCount(invoices, () => loadCustomerCount(context, countsLoader, { customer, args: status }))
}
