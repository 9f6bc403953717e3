import { type EventRowFragment, ProviderEvents } from '../generated/admin'
import { useWebhookActions } from './actions/webhook-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { Disclosure } from './blocks/disclosure'
import { Json } from './blocks/json'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { useEventColumns } from './columns/webhook-columns'
import { useTexts } from './use-texts'

/** The events that payment providers have sent. */
export default function Events() {
  const actionColumn = useActionColumn<EventRowFragment>()
  const { nav, intro, fields } = useTexts()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useEventColumns()
  const { replay } = useWebhookActions()
  return (
    <Page title={nav.events} text={intro.events}>
      <List
        label={nav.events}
        operation={ProviderEvents}
        connection={({ providerEvents }) => providerEvents}
        sorts={sorts}
        filters={[
          { name: 'status', label: fields.status, kind: 'choice', options: choices('eventStatus') },
          { name: 'subject', label: fields.subject, kind: 'text' },
        ]}
        variables={({ status, subject }) => ({ status: status as 'PARKED' | undefined, subject })}
        columns={[
          ...columns,
          {
            key: 'body',
            title: fields.content,
            isTitleHidden: true,
            cell: ({ name, body }) => (
              <Disclosure label={fields.content}>
                <Json label={name} value={body} />
              </Disclosure>
            ),
          },
          actionColumn(
            (event) => [replay(event)],
            (event) => event.name,
          ),
        ]}
      />
    </Page>
  )
}
