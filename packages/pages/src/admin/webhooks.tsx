import { Deliveries, type DeliveryRowFragment, type EndpointFieldsFragment, Endpoints } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { useWebhookActions } from './actions/webhook-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { CompleteTable } from './blocks/complete-table'
import { Disclosure } from './blocks/disclosure'
import { ALL_ENDPOINTS, useEndpointFilter } from './blocks/endpoint-filter'
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
  const { nav, empty, fields, enums } = useTexts()
  const choices = useChoices()
  const { date } = useLocale()
  const { editEndpoint, pauseEndpoint, rotateSecret, sendTest, deleteEndpoint } = useWebhookActions()
  const loaded = useLoaded(Endpoints, ALL_ENDPOINTS)
  const typesOf = ({ types }: EndpointFieldsFragment) => types.map((type) => enums.eventType[type]).join(', ') || fields.allTypes
  const stateOf = ({ isEnabled }: EndpointFieldsFragment) => (isEnabled ? 'ACTIVE' : 'PAUSED')
  const nameOf = ({ url, description }: EndpointFieldsFragment) => [url, description].filter(Boolean).join(' – ')
  return (
    <LoadedContent loaded={loaded}>
      {({ webhookEndpoints }) => (
        <CompleteTable
          label={nav.endpoints}
          rows={webhookEndpoints.nodes}
          rowKey={({ id }) => id}
          prefix="endpoint-"
          empty={empty.endpoints}
          filters={[
            {
              name: 'status',
              label: fields.status,
              kind: 'choice',
              options: choices('endpointState'),
              matches: (endpoint, chosen) => stateOf(endpoint) === chosen,
            },
          ]}
          columns={[
            { key: 'url', title: fields.url, cell: nameOf, value: nameOf },
            { key: 'status', title: fields.status, cell: (endpoint) => <Status of="endpointState" value={stateOf(endpoint)} /> },
            { key: 'types', title: fields.eventTypes, cell: typesOf },
            { key: 'date', title: fields.createdAt, cell: ({ createdAt }) => date(createdAt), value: ({ createdAt }) => createdAt },
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
      )}
    </LoadedContent>
  )
}

function DeliveryList() {
  const actionColumn = useActionColumn<DeliveryRowFragment>()
  const { nav, fields } = useTexts()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useDeliveryColumns()
  const { resend } = useWebhookActions()
  return (
    <List
      label={nav.deliveries}
      operation={Deliveries}
      connection={({ webhookDeliveries }) => webhookDeliveries}
      sorts={sorts}
      filters={[{ name: 'status', label: fields.status, kind: 'choice', options: choices('deliveryStatus') }, useEndpointFilter()]}
      variables={({ status, endpointId }) => ({ status: status as 'FAILED' | undefined, endpointId })}
      columns={[
        ...columns,
        {
          key: 'content',
          title: fields.content,
          isTitleHidden: true,
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
