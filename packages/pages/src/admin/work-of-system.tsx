import {
  Deliveries,
  type DeliveryRowFragment,
  type EventRowFragment,
  ProviderEvents,
  type ProviderEventsQueryVariables,
  WaitingInvoices,
} from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useWebhookActions } from './actions/webhook-actions'
import { useActionColumn } from './blocks/action-column'
import { CustomerLink } from './blocks/customer-link'
import { timesOfDays, useDayFilters } from './blocks/day-filters'
import { useEndpointFilter } from './blocks/endpoint-filter'
import { List } from './blocks/list'
import { Section } from './blocks/section'
import { useDeliveryColumns, useEventColumns } from './columns/webhook-columns'
import { useTexts } from './use-texts'
import { useWorkList, withoutStatus } from './work-list'

export function Events({
  status,
  label,
  text,
}: {
  status: NonNullable<ProviderEventsQueryVariables['status']>
  label: string
  text?: string
}) {
  const { fields } = useTexts()
  const columns = useEventColumns()
  const actionColumn = useActionColumn<EventRowFragment>()
  const { replay } = useWebhookActions()
  return (
    <Section title={label} text={text}>
      <List
        {...useWorkList(label, status.toLowerCase())}
        operation={ProviderEvents}
        connection={({ providerEvents }) => providerEvents}
        filters={[{ name: 'subject', label: fields.subject, kind: 'text' }]}
        variables={({ subject }) => ({ status, subject })}
        columns={[
          ...withoutStatus(columns),
          actionColumn(
            (event) => [replay(event)],
            ({ name }) => name,
          ),
        ]}
      />
    </Section>
  )
}

export function FailedDeliveries() {
  const { work } = useTexts()
  const columns = useDeliveryColumns()
  const actionColumn = useActionColumn<DeliveryRowFragment>()
  const { resend } = useWebhookActions()
  return (
    <Section title={work.deliveries}>
      <List
        {...useWorkList(work.deliveries, 'delivery')}
        operation={Deliveries}
        connection={({ webhookDeliveries }) => webhookDeliveries}
        filters={[useEndpointFilter()]}
        variables={({ endpointId }) => ({ status: 'FAILED' as const, resent: false, endpointId })}
        columns={[
          ...withoutStatus(columns),
          actionColumn(
            (delivery) => [resend(delivery)],
            ({ event }) => event.subject,
          ),
        ]}
      />
    </Section>
  )
}

export function Waiting() {
  const { work, fields } = useTexts()
  const { date } = useLocale()
  return (
    <Section title={work.waiting} text={work.waitingText}>
      <List
        {...useWorkList(work.waiting, 'waiting')}
        operation={WaitingInvoices}
        connection={({ waitingInvoices }) => waitingInvoices}
        filters={useDayFilters()}
        variables={({ from, to }) => ({ filter: timesOfDays({ from, to }) })}
        rowKey={({ customer, since }) => `${customer.id} ${since}`}
        columns={[
          { key: 'customer', title: fields.customer, cell: ({ customer }) => <CustomerLink customer={customer} /> },
          { key: 'since', title: fields.since, cell: ({ since }) => date(since) },
          { key: 'missing', title: fields.missing, cell: ({ missing }) => missing.join(', ') },
        ]}
      />
    </Section>
  )
}
