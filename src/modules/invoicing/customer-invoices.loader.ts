import { buildPage, type ConnectionArguments, parsePageRequest, withCount } from '../../core/pagination.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { countCustomerRows, readCustomerPages } from '../../platform/postgres/keyset-page.js'
import { type Customer, createCustomerListLoader, loadCustomerCount, type RequestContext, seesCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { INVOICE_COLUMNS } from './invoice.loader.js'
import { EXCLUDE_CREDIT_NOTES, INVOICES, type InvoiceRecord } from './invoice.queries.js'

interface PageRow {
  id: bigint
}

const pagesLoader = ({ db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>) =>
  createCustomerListLoader(async (customers, page: ConnectionArguments) => {
    const columns = Prisma.sql`id, issued_at AS "issuedAt"`
    const request = parsePageRequest(page)
    const rows = await readCustomerPages<PageRow>(rawQuery, INVOICES, columns, customers, request, EXCLUDE_CREDIT_NOTES)
    const found = await db.invoice.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, select: INVOICE_COLUMNS })
    const invoices = new Map(found.map((invoice) => [invoice.id, invoice]))
    return rows.flatMap(({ id, customerId }) => {
      const invoice = invoices.get(id)
      return invoice ? [{ ...invoice, customerId }] : []
    })
  })

const countsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader((customers, _args: null) => countCustomerRows(rawQuery, INVOICES, customers, EXCLUDE_CREDIT_NOTES))

/** Loads a page of the invoices of a customer, newest first. @returns null if the principal may not view them */
export async function loadCustomerInvoices(context: RequestContext, customer: Customer, page: ConnectionArguments) {
  const request = parsePageRequest(page)
  if (!(await seesCustomer(context, customer))) return null
  const rows: InvoiceRecord[] = await context.loader(pagesLoader).load({ customer, args: { ...page } })
  const invoices = buildPage(request, rows, ({ issuedAt, id }) => ({ at: issuedAt, id }))
  return withCount(invoices, () => loadCustomerCount(context, countsLoader, { customer, args: null }))
}
