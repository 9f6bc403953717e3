import { AllOrders, AllReportedPayments, Deliveries, ProviderEvents, WaitingInvoices } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useInvoiceActions } from './actions/invoice-actions'
import { useOrderActions } from './actions/order-actions'
import { useWebhookActions } from './actions/webhook-actions'
import { ActionButtons } from './blocks/action'
import { CustomerLink, customerName } from './blocks/customer-link'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { useReportColumns } from './columns/invoice-columns'
import { useOrderColumns } from './columns/order-columns'
import { useDeliveryColumns, useEventColumns } from './columns/webhook-columns'
import { RefundList } from './refunds'
import { useTexts } from './use-texts'

const PAGE_SIZE = 10

/** Everything that waits for an administrator, the oldest first. */
export default function Work() {
  const { nav, intro, work } = useTexts()
  return (
    <Page title={nav.work} text={intro.work}>
      <Section title={work.orders}>
        <PendingOrders />
      </Section>
      <Section title={work.reports}>
        <Reports />
      </Section>
      <Section title={work.refunds}>
        <RefundList prefix="refund-" empty={work.none} />
      </Section>
      <Section title={work.events} text={work.eventsText}>
        <Events status="PARKED" />
        <Events status="FAILED" />
      </Section>
      <Section title={work.deliveries}>
        <FailedDeliveries />
      </Section>
      <Section title={work.waiting} text={work.waitingText}>
        <Waiting />
      </Section>
    </Page>
  )
}

function PendingOrders() {
  const { work, actions } = useTexts()
  const { tag: locale } = useLocale()
  const columns = useOrderColumns()
  const { approve, recordPayment, cancel } = useOrderActions()
  return (
    <List
      label={work.orders}
      operation={AllOrders}
      connection={({ allOrders }) => allOrders}
      prefix="order-"
      pageSize={PAGE_SIZE}
      empty={work.none}
      variables={() => ({ locale, filter: { status: ['PENDING' as const] }, orderBy: 'OLDEST_FIRST' as const })}
      columns={[
        ...columns.filter(({ key }) => key !== 'status'),
        {
          key: 'actions',
          title: actions.title,
          isTitleHidden: true,
          align: 'end',
          cell: (order) => (
            <ActionButtons
              isInTable
              target={customerName(order.customer)}
              actions={[approve(order), recordPayment(order), cancel(order)]}
            />
          ),
        },
      ]}
    />
  )
}

function Reports() {
  const { work, actions } = useTexts()
  const { tag: locale } = useLocale()
  const columns = useReportColumns()
  const { confirmReport, rejectReport } = useInvoiceActions()
  return (
    <List
      label={work.reports}
      operation={AllReportedPayments}
      connection={({ allReportedPayments }) => allReportedPayments}
      prefix="report-"
      pageSize={PAGE_SIZE}
      empty={work.none}
      variables={() => ({ locale, filter: { status: ['REPORTED' as const] }, orderBy: 'OLDEST_FIRST' as const })}
      columns={[
        ...columns.filter(({ key }) => key !== 'status'),
        {
          key: 'actions',
          title: actions.title,
          isTitleHidden: true,
          align: 'end',
          cell: (report) => (
            <ActionButtons isInTable target={customerName(report.customer)} actions={[confirmReport(report), rejectReport(report)]} />
          ),
        },
      ]}
    />
  )
}

function Events({ status }: { status: 'PARKED' | 'FAILED' }) {
  const { work, enums, actions } = useTexts()
  const columns = useEventColumns()
  const { replay } = useWebhookActions()
  return (
    <List
      label={`${work.events}: ${enums.eventStatus[status]}`}
      operation={ProviderEvents}
      connection={({ providerEvents }) => providerEvents}
      prefix={`${status.toLowerCase()}-`}
      pageSize={PAGE_SIZE}
      empty={`${enums.eventStatus[status]}: ${work.none}`}
      variables={() => ({ status, orderBy: 'OLDEST_FIRST' as const })}
      columns={[
        ...columns,
        {
          key: 'actions',
          title: actions.title,
          isTitleHidden: true,
          align: 'end',
          cell: (event) => <ActionButtons isInTable target={event.name} actions={[replay(event)]} />,
        },
      ]}
    />
  )
}

function FailedDeliveries() {
  const { work, actions } = useTexts()
  const columns = useDeliveryColumns()
  const { resend } = useWebhookActions()
  return (
    <List
      label={work.deliveries}
      operation={Deliveries}
      connection={({ webhookDeliveries }) => webhookDeliveries}
      prefix="delivery-"
      pageSize={PAGE_SIZE}
      empty={work.none}
      variables={() => ({ status: 'FAILED' as const, orderBy: 'OLDEST_FIRST' as const })}
      columns={[
        ...columns,
        {
          key: 'actions',
          title: actions.title,
          isTitleHidden: true,
          align: 'end',
          cell: (delivery) => <ActionButtons isInTable target={delivery.event.subject} actions={[resend(delivery)]} />,
        },
      ]}
    />
  )
}

function Waiting() {
  const { work, fields } = useTexts()
  const { date } = useLocale()
  return (
    <List
      label={work.waiting}
      operation={WaitingInvoices}
      connection={({ waitingInvoices }) => waitingInvoices}
      prefix="waiting-"
      pageSize={PAGE_SIZE}
      empty={work.none}
      rowKey={({ customer, since }) => `${customer.id} ${since}`}
      columns={[
        { key: 'customer', title: fields.customer, cell: ({ customer }) => <CustomerLink customer={customer} /> },
        { key: 'since', title: fields.since, cell: ({ since }) => date(since) },
        { key: 'missing', title: fields.missing, cell: ({ missing }) => missing.join(', ') },
      ]}
    />
  )
}
