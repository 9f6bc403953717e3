import type { InvoiceRowFragment, PaymentRowFragment, RefundRowFragment, ReportRowFragment } from '../../generated/admin'
import type { Column } from '../../ui/data-table'
import { useInvoiceTexts, useLocale } from '../../ui/locale'
import { Link, useLocation } from '../../ui/router'
import { CustomerLink } from '../blocks/customer-link'
import { FileLink } from '../blocks/file-link'
import { Status } from '../blocks/status'
import { useTexts } from '../use-texts'

interface ColumnOptions {
  hidesCustomer?: boolean
}

/** The columns of every table of invoices. */
export function useInvoiceColumns({ hidesCustomer = false }: ColumnOptions = {}): Column<InvoiceRowFragment>[] {
  const { fields } = useTexts()
  const { money, date } = useLocale()
  const { toPath } = useLocation()
  return [
    {
      key: 'number',
      title: fields.number,
      cell: ({ id, number }) => (
        <Link to={toPath(`invoices/${id}`)} size="sm" fw={600}>
          {number}
        </Link>
      ),
    },
    ...(hidesCustomer
      ? []
      : [{ key: 'customer', title: fields.customer, cell: ({ customer }: InvoiceRowFragment) => <CustomerLink customer={customer} /> }]),
    { key: 'date', title: fields.date, cell: ({ createdAt }) => date(createdAt) },
    { key: 'due', title: fields.dueAt, cell: ({ status, dueAt }) => (status === 'OPEN' ? date(dueAt) : null) },
    {
      key: 'status',
      title: fields.status,
      cell: (invoice) => <Status of="invoiceStatus" value={invoice.isOverdue ? 'OVERDUE' : invoice.status} />,
    },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
    {
      key: 'file',
      title: fields.document,
      isTitleHidden: true,
      align: 'end',
      cell: ({ pdfUrl, number }) => (
        <FileLink href={pdfUrl} name={number}>
          PDF
        </FileLink>
      ),
    },
  ]
}

/** The columns of every table of payments. */
export function usePaymentColumns({ hidesCustomer = false }: ColumnOptions = {}): Column<PaymentRowFragment>[] {
  const { fields, enums } = useTexts()
  const { paymentKinds } = useInvoiceTexts()
  const { money, date } = useLocale()
  return [
    { key: 'date', title: fields.date, cell: ({ receivedAt }) => date(receivedAt) },
    ...(hidesCustomer
      ? []
      : [{ key: 'customer', title: fields.customer, cell: ({ customer }: PaymentRowFragment) => <CustomerLink customer={customer} /> }]),
    { key: 'kind', title: fields.kind, cell: ({ kind }) => paymentKinds[kind] },
    { key: 'reference', title: fields.reference, cell: ({ reference }) => reference },
    {
      key: 'status',
      title: fields.status,
      cell: ({ reversedAt }) => (reversedAt ? <Status of="paymentState" value="REVERSED" /> : enums.paymentState.RECORDED),
    },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
  ]
}

/** The columns of every table of reported payments. */
export function useReportColumns({ hidesCustomer = false }: ColumnOptions = {}): Column<ReportRowFragment>[] {
  const { fields } = useTexts()
  const { money, date } = useLocale()
  const { toPath } = useLocation()
  return [
    { key: 'date', title: fields.date, cell: ({ reportedAt }) => date(reportedAt) },
    ...(hidesCustomer
      ? []
      : [{ key: 'customer', title: fields.customer, cell: ({ customer }: ReportRowFragment) => <CustomerLink customer={customer} /> }]),
    {
      key: 'for',
      title: fields.paymentFor,
      cell: ({ invoice, order }) => (
        <Link size="sm" to={toPath(invoice ? `invoices/${invoice.id}` : `sales/${order.id}`)}>
          {invoice?.number ?? order.description}
        </Link>
      ),
    },
    { key: 'reference', title: fields.reference, cell: ({ reference, methodName }) => [reference, methodName].filter(Boolean).join(' · ') },
    { key: 'status', title: fields.status, cell: ({ status }) => <Status of="reportStatus" value={status} /> },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
  ]
}

/** The columns of every table of refunds. */
export function useRefundColumns({ hidesCustomer = false }: ColumnOptions = {}): Column<RefundRowFragment>[] {
  const { fields, enums } = useTexts()
  const { money, date } = useLocale()
  const { toPath } = useLocation()
  return [
    { key: 'date', title: fields.date, cell: ({ createdAt }) => date(createdAt) },
    ...(hidesCustomer
      ? []
      : [
          {
            key: 'customer',
            title: fields.customer,
            cell: ({ customer }: RefundRowFragment) => <CustomerLink customer={customer} />,
          },
        ]),
    {
      key: 'order',
      title: fields.order,
      cell: ({ order }) =>
        order && (
          <Link size="sm" to={toPath(`sales/${order.id}`)}>
            {order.description}
          </Link>
        ),
    },
    {
      key: 'to',
      title: fields.refundTo,
      cell: ({ parts }) => [...new Set(parts.map(({ destination }) => enums.refundDestination[destination]))].join(', '),
    },
    { key: 'reason', title: fields.reason, cell: ({ reason }) => reason },
    { key: 'status', title: fields.status, cell: ({ status }) => <Status of="refundStatus" value={status} /> },
    { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
  ]
}
