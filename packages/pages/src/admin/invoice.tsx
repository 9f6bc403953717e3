import { Stack } from '@mantine/core'
import { InvoiceDetails, type InvoiceDetailsQuery, type PaymentRowFragment } from '../generated/admin'
import { type Column, DataTable } from '../ui/data-table'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { Link, useLocation, useParameter } from '../ui/router'
import { useInvoiceActions } from './actions/invoice-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { CustomerLink } from './blocks/customer-link'
import { Facts } from './blocks/facts'
import { FileLink } from './blocks/file-link'
import { NotFound } from './blocks/not-found'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { usePaymentColumns, useReportColumns } from './columns/invoice-columns'
import { useTexts } from './use-texts'

type Invoice = NonNullable<InvoiceDetailsQuery['invoice']>

export default function InvoicePage() {
  const { tag: locale } = useLocale()
  const loaded = useLoaded(InvoiceDetails, { id: useParameter(), locale })
  return (
    <LoadedContent loaded={loaded}>
      {({ invoice }) => (invoice ? <InvoiceContent invoice={invoice} /> : <NotFound backTo="invoices" />)}
    </LoadedContent>
  )
}

function InvoiceContent({ invoice }: { invoice: Invoice }) {
  const actionColumn = useActionColumn<PaymentRowFragment>()
  const { nav, fields } = useTexts()
  const { recordPayment, extendDueDate, voidInvoice, credit, reverse, confirmReport, rejectReport } = useInvoiceActions()
  const paymentColumns = usePaymentColumns({ hidesCustomer: true })
  const reportColumns = useReportColumns({ hidesCustomer: true })
  const buttons = [recordPayment(invoice), extendDueDate(invoice), credit(invoice), voidInvoice(invoice)]
  const { payments, reportedPayments } = invoice
  return (
    <Page
      title={invoice.number}
      text={<CustomerLink customer={invoice.customer} />}
      backTo="invoices"
      actions={<ActionButtons actions={buttons} />}
    >
      <InvoiceFacts invoice={invoice} />
      {payments.length > 0 && (
        <Section title={nav.payments}>
          <DataTable
            label={nav.payments}
            rows={payments}
            rowKey={({ id }) => id}
            columns={[...paymentColumns, actionColumn((payment) => [reverse(payment)])]}
          />
        </Section>
      )}
      {reportedPayments.map((report) => (
        <Section key={report.id} title={nav.reports} actions={<ActionButtons actions={[confirmReport(report), rejectReport(report)]} />}>
          <DataTable label={nav.reports} columns={reportColumns} rows={[report]} rowKey={({ id }) => id} />
        </Section>
      ))}
      {invoice.creditNotes.length > 0 && <CreditNotes invoice={invoice} label={fields.creditNotes} />}
    </Page>
  )
}

function InvoiceFacts({ invoice }: { invoice: Invoice }) {
  const { fields } = useTexts()
  const { money, date, number } = useLocale()
  const { toPath } = useLocation()
  const { id, status } = invoice.order
  const documents = (
    <>
      <FileLink href={invoice.pdfUrl} name={invoice.number}>
        PDF
      </FileLink>{' '}
      {invoice.xmlUrl && (
        <FileLink href={invoice.xmlUrl} name={invoice.number}>
          XML
        </FileLink>
      )}
    </>
  )
  return (
    <Section title={fields.invoice}>
      <Stack>
        <Facts
          facts={[
            { label: fields.status, value: <Status of="invoiceStatus" value={invoice.isOverdue ? 'OVERDUE' : invoice.status} /> },
            { label: fields.amount, value: money(invoice.amount) },
            { label: fields.net, value: money(invoice.subtotal) },
            { label: fields.tax, value: money(invoice.tax) },
            { label: fields.paid, value: money(invoice.amountPaid) },
            { label: fields.due, value: money(invoice.amountDue) },
            { label: fields.date, value: date(invoice.createdAt) },
            { label: fields.dueAt, value: date(invoice.dueAt) },
            {
              label: fields.order,
              value: (
                <Link size="sm" to={toPath(`sales/${id}`)}>
                  <Status of="orderStatus" value={status} />
                </Link>
              ),
            },
            { label: fields.document, value: documents },
          ]}
        />
        <DataTable
          label={fields.lines}
          columns={[
            { key: 'text', title: fields.description, cell: ({ description }) => description },
            { key: 'quantity', title: fields.quantity, align: 'end', cell: ({ quantity }) => number(quantity) },
            { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
          ]}
          rows={invoice.lines}
          rowKey={({ description }) => description}
        />
      </Stack>
    </Section>
  )
}

function CreditNotes({ invoice: { creditNotes }, label }: { invoice: Invoice; label: string }) {
  const { fields } = useTexts()
  const { money, date } = useLocale()
  const columns: Column<Invoice['creditNotes'][number]>[] = [
    {
      key: 'number',
      title: fields.number,
      cell: ({ number, pdfUrl }) => (
        <FileLink href={pdfUrl} name={label}>
          {number}
        </FileLink>
      ),
    },
    { key: 'date', title: fields.date, cell: ({ createdAt }) => date(createdAt) },
    { key: 'reason', title: fields.reason, cell: ({ reason }) => reason },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
  ]
  return (
    <Section title={label}>
      <DataTable label={label} columns={columns} rows={creditNotes} rowKey={({ id }) => id} />
    </Section>
  )
}
