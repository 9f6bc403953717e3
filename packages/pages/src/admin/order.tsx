import { Stack } from '@mantine/core'
import { OrderDetails, type OrderDetailsQuery } from '../generated/admin'
import { DataTable } from '../ui/data-table'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { useParameter } from '../ui/router'
import { useInvoiceActions } from './actions/invoice-actions'
import { useOrderActions } from './actions/order-actions'
import { ActionButtons } from './blocks/action'
import { CustomerLink } from './blocks/customer-link'
import { Facts } from './blocks/facts'
import { FileLink } from './blocks/file-link'
import { NotFound } from './blocks/not-found'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useInvoiceColumns, useRefundColumns, useReportColumns } from './columns/invoice-columns'
import { useTexts } from './use-texts'

type Order = NonNullable<OrderDetailsQuery['order']>

export default function OrderPage() {
  const { tag: locale } = useLocale()
  const loaded = useLoaded(OrderDetails, { id: useParameter(), locale })
  return (
    <LoadedContent loaded={loaded}>{({ order }) => (order ? <OrderContent order={order} /> : <NotFound backTo="sales" />)}</LoadedContent>
  )
}

function OrderContent({ order }: { order: Order }) {
  const { fields, enums, nav } = useTexts()
  const { money, date, dateAndTime, number } = useLocale()
  const { approve, recordPayment, cancel, refund } = useOrderActions()
  const { confirmReport, rejectReport, confirmRefund } = useInvoiceActions()
  const invoiceColumns = useInvoiceColumns({ hidesCustomer: true })
  const reportColumns = useReportColumns({ hidesCustomer: true })
  const refundColumns = useRefundColumns({ hidesCustomer: true })
  const actions = [approve(order), recordPayment(order), refund(order), cancel(order)]
  return (
    <Page
      title={order.description}
      text={<CustomerLink customer={order.customer} />}
      backTo="sales"
      actions={<ActionButtons actions={actions} />}
    >
      <Section title={fields.order}>
        <Stack>
          <Facts
            facts={[
              { label: fields.status, value: <Status of="orderStatus" value={order.status} /> },
              { label: fields.amount, value: money(order.amount) },
              { label: fields.net, value: money(order.net) },
              { label: fields.orderReason, value: enums.orderReason[order.reason] },
              { label: fields.date, value: dateAndTime(order.date) },
              { label: fields.activatedAt, value: order.activatedAt && dateAndTime(order.activatedAt) },
              { label: fields.cancelledAt, value: order.cancelledAt && dateAndTime(order.cancelledAt) },
              { label: fields.expiresOn, value: order.expiresAt && date(order.expiresAt) },
              { label: fields.purchaseOrder, value: order.purchaseOrder },
              { label: fields.notes, value: order.notes },
              {
                label: fields.document,
                value: (
                  <FileLink href={order.invoicePdfUrl} name={order.description}>
                    PDF
                  </FileLink>
                ),
              },
            ]}
          />
          <DataTable
            label={fields.lines}
            columns={[
              { key: 'text', title: fields.description, cell: ({ description }) => description },
              { key: 'quantity', title: fields.quantity, align: 'end', cell: ({ quantity }) => number(quantity) },
              { key: 'unitPrice', title: fields.unitPrice, align: 'end', cell: ({ unitPrice }) => money(unitPrice) },
              { key: 'amount', title: fields.amount, align: 'end', cell: ({ amount }) => money(amount) },
            ]}
            rows={order.items}
            rowKey={({ description }) => description}
          />
        </Stack>
      </Section>
      {order.invoice && (
        <Section title={nav.invoices}>
          <DataTable label={nav.invoices} columns={invoiceColumns} rows={[order.invoice]} rowKey={({ id }) => id} />
        </Section>
      )}
      {order.reportedPayments.map((report) => (
        <Section key={report.id} title={nav.reports} actions={<ActionButtons actions={[confirmReport(report), rejectReport(report)]} />}>
          <DataTable label={nav.reports} columns={reportColumns} rows={[report]} rowKey={({ id }) => id} />
        </Section>
      ))}
      {order.refunds.map((each) => (
        <Section key={each.id} title={nav.refunds} actions={<ActionButtons actions={[confirmRefund(each)]} />}>
          <DataTable label={nav.refunds} columns={refundColumns} rows={[each]} rowKey={({ id }) => id} />
        </Section>
      ))}
    </Page>
  )
}
