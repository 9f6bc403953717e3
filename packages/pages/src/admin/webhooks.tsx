import { Deliveries, type DeliveryRowFragment, type EndpointFieldsFragment, Endpoints } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { useLocale } from '../ui/locale'
import { useWebhookActions } from './actions/webhook-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { Disclosure } from './blocks/disclosure'
import { Json } from './blocks/json'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useDeliveryColumns } from './columns/webhook-columns'
import { useTexts } from './use-texts'

/** The receivers of events, and what was sent to them. */
export default function Webhooks() {
  const { nav, intro } = useTexts()
  const { createEndpoint } = useWebhookActions()
  return (
    <Page title={nav.webhooks} text={intro.webhooks} actions={<ActionButtons actions={[createEndpoint]} />}>
      <Section title={nav.endpoints}>
        <EndpointList />
      </Section>
      <Section title={nav.deliveries}>
        <DeliveryList />
      </Section>
    </Page>
  )
}

function EndpointList() {
  const actionColumn = useActionColumn<EndpointFieldsFragment>()
  const { nav, fields, enums } = useTexts()
  const { date } = useLocale()
  const { editEndpoint, pauseEndpoint, rotateSecret, sendTest, deleteEndpoint } = useWebhookActions()
  return (
    <List
      label={nav.endpoints}
      operation={Endpoints}
      connection={({ webhookEndpoints }) => webhookEndpoints}
      prefix="endpoint-"
      columns={[
        { key: 'url', title: fields.url, cell: ({ url, description }) => [url, description].filter(Boolean).join(' – ') },
        {
          key: 'status',
          title: fields.status,
          cell: ({ isEnabled }) => <Status of="endpointState" value={isEnabled ? 'ACTIVE' : 'PAUSED'} />,
        },
        {
          key: 'types',
          title: fields.eventTypes,
          cell: ({ types }) => types.map((type) => enums.eventType[type]).join(', ') || fields.allTypes,
        },
        { key: 'date', title: fields.createdAt, cell: ({ createdAt }) => date(createdAt) },
        actionColumn(
          (endpoint) => [
            sendTest(endpoint),
            editEndpoint(endpoint),
            pauseEndpoint(endpoint),
            rotateSecret(endpoint),
            deleteEndpoint(endpoint),
          ],
          (endpoint) => endpoint.url,
        ),
      ]}
    />
  )
}

function DeliveryList() {
  const actionColumn = useActionColumn<DeliveryRowFragment>()
  const { nav, fields } = useTexts()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useDeliveryColumns()
  const endpoints = useLoaded(Endpoints, { first: 100 }).data?.webhookEndpoints.nodes ?? []
  const { resend } = useWebhookActions()
  return (
    <List
      label={nav.deliveries}
      operation={Deliveries}
      connection={({ webhookDeliveries }) => webhookDeliveries}
      sorts={sorts}
      filters={[
        { name: 'status', label: fields.status, kind: 'choice', options: choices('deliveryStatus') },
        { name: 'endpointId', label: nav.endpoints, kind: 'choice', options: endpoints.map(({ id, url }) => ({ value: id, label: url })) },
      ]}
      variables={({ status, endpointId }) => ({ status: status as 'FAILED' | undefined, endpointId })}
      columns={[
        ...columns,
        {
          key: 'content',
          title: fields.content,
          cell: ({ event }) => (
            <Disclosure label={fields.content}>
              <Json label={event.type} value={event.payload} />
            </Disclosure>
          ),
        },
        actionColumn(
          (delivery) => [resend(delivery)],
          (delivery) => delivery.event.subject,
        ),
      ]}
    />
  )
}
