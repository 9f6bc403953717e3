import { AllInvoices, type InvoiceRowFragment } from '../generated/admin'
import { useInvoiceActions } from './actions/invoice-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { timesOfDays } from './blocks/day-filters'
import { List } from './blocks/list'
import { type ListValues, listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { useInvoiceColumns } from './columns/invoice-columns'
import { useTexts } from './use-texts'

export default function Invoices() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.invoices} text={intro.invoices}>
      <InvoiceList />
    </Page>
  )
}

export function InvoiceList({ customerId, prefix = '' }: { customerId?: string; prefix?: string }) {
  const actionColumn = useActionColumn<InvoiceRowFragment>()
  const { nav, fields } = useTexts()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useInvoiceColumns({ hidesCustomer: customerId !== undefined })
  const { recordPayment } = useInvoiceActions()
  // "Overdue" is a filter of its own in the API.
  const toFilter = ({ search, status, from, to }: ListValues) => ({
    customerId,
    search,
    ...(status === 'OVERDUE' ? { overdue: true } : { status: listOf<InvoiceRowFragment['status']>(status) }),
    ...timesOfDays({ from, to }),
  })
  return (
    <List
      label={nav.invoices}
      operation={AllInvoices}
      connection={({ allInvoices }) => allInvoices}
      prefix={prefix}
      sorts={sorts}
      filters={[
        ...(customerId === undefined ? [{ name: 'search', label: fields.searchInvoices, kind: 'search' } as const] : []),
        { name: 'status', label: fields.status, kind: 'choice', options: choices('invoiceStatus') },
        { name: 'from', label: fields.from, kind: 'day' },
        { name: 'to', label: fields.to, kind: 'day' },
      ]}
      variables={(values) => ({ filter: toFilter(values) })}
      columns={[
        ...columns,
        actionColumn(
          (invoice) => [recordPayment(invoice)],
          (invoice) => invoice.number,
        ),
      ]}
    />
  )
}
