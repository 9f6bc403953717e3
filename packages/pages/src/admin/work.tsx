import {
  AllOrders,
  AllRefunds,
  AllReportedPayments,
  type OrderRowFragment,
  type RefundRowFragment,
  type ReportRowFragment,
} from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useInvoiceActions } from './actions/invoice-actions'
import { useOrderActions } from './actions/order-actions'
import { useActionColumn } from './blocks/action-column'
import { customerName } from './blocks/customer-link'
import { timesOfDays, useDayFilters } from './blocks/day-filters'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { useRefundColumns, useReportColumns } from './columns/invoice-columns'
import { useOrderColumns } from './columns/order-columns'
import { useTexts } from './use-texts'
import { useWorkList, withoutStatus } from './work-list'
import { Events, FailedDeliveries, Waiting } from './work-of-system'

/** Everything that waits for an administrator, the oldest first. */
export default function Work() {
  const { nav, intro, work } = useTexts()
  return (
    <Page title={nav.work} text={intro.work}>
      <PendingOrders />
      <Reports />
      <Refunds />
      <Events status="PARKED" label={work.parked} text={work.parkedText} />
      <Events status="FAILED" label={work.failed} />
      <FailedDeliveries />
      <Waiting />
    </Page>
  )
}

function PendingOrders() {
  const { work, fields } = useTexts()
  const { tag: locale } = useLocale()
  const columns = useOrderColumns()
  const actionColumn = useActionColumn<OrderRowFragment>()
  const { approve, recordPayment, cancel } = useOrderActions()
  return (
    <Section title={work.orders}>
      <List
        {...useWorkList(work.orders, 'order')}
        operation={AllOrders}
        connection={({ allOrders }) => allOrders}
        filters={[{ name: 'search', label: fields.searchOrders, kind: 'search' }]}
        variables={({ search }) => ({ locale, filter: { search, status: ['PENDING' as const] } })}
        columns={[
          ...withoutStatus(columns),
          actionColumn(
            (order) => [approve(order), recordPayment(order), cancel(order)],
            ({ customer }) => customerName(customer),
          ),
        ]}
      />
    </Section>
  )
}

function Reports() {
  const { work } = useTexts()
  const { tag: locale } = useLocale()
  const columns = useReportColumns()
  const actionColumn = useActionColumn<ReportRowFragment>()
  const { confirmReport, rejectReport } = useInvoiceActions()
  return (
    <Section title={work.reports}>
      <List
        {...useWorkList(work.reports, 'report')}
        operation={AllReportedPayments}
        connection={({ allReportedPayments }) => allReportedPayments}
        filters={useDayFilters()}
        variables={({ from, to }) => ({ locale, filter: { status: ['REPORTED' as const], ...timesOfDays({ from, to }) } })}
        columns={[
          ...withoutStatus(columns),
          actionColumn(
            (report) => [confirmReport(report), rejectReport(report)],
            ({ customer }) => customerName(customer),
          ),
        ]}
      />
    </Section>
  )
}

function Refunds() {
  const { work } = useTexts()
  const { tag: locale } = useLocale()
  const columns = useRefundColumns()
  const actionColumn = useActionColumn<RefundRowFragment>()
  const { confirmRefund } = useInvoiceActions()
  return (
    <Section title={work.refunds}>
      <List
        {...useWorkList(work.refunds, 'refund')}
        operation={AllRefunds}
        connection={({ allRefunds }) => allRefunds}
        filters={useDayFilters()}
        variables={({ from, to }) => ({ locale, filter: { status: ['REQUESTED' as const], ...timesOfDays({ from, to }) } })}
        columns={[
          ...withoutStatus(columns),
          actionColumn(
            (refund) => [confirmRefund(refund)],
            ({ customer }) => customerName(customer),
          ),
        ]}
      />
    </Section>
  )
}
