import { ApiKeys, type ApiKeysQuery } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useWebhookActions } from './actions/webhook-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

/** The API keys of the services of the panel. */
export default function Keys() {
  const actionColumn = useActionColumn<ApiKeysQuery['apiKeys']['nodes'][number]>()
  const { nav, intro, empty, fields, enums } = useTexts()
  const { date, dateAndTime } = useLocale()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const { createKey, revokeKey } = useWebhookActions()
  return (
    <Page title={nav.keys} text={intro.keys} actions={<ActionButtons actions={[createKey]} />}>
      <List
        label={nav.keys}
        operation={ApiKeys}
        connection={({ apiKeys }) => apiKeys}
        empty={empty.keys}
        sorts={sorts}
        filters={[
          { name: 'status', label: fields.status, kind: 'choice', options: choices('keyState') },
          { name: 'scope', label: fields.scopes, kind: 'choice', options: choices('scope') },
        ]}
        variables={({ status, scope }) => ({
          revoked: status === undefined ? undefined : status === 'REVOKED',
          scope: scope as 'READ' | undefined,
        })}
        columns={[
          { key: 'name', title: fields.name, cell: ({ name }) => <b>{name}</b> },
          { key: 'scopes', title: fields.scopes, cell: ({ scopes }) => scopes.map((scope) => enums.scope[scope]).join(', ') },
          {
            key: 'status',
            title: fields.status,
            cell: ({ revokedAt }) => <Status of="keyState" value={revokedAt ? 'REVOKED' : 'ACTIVE'} />,
          },
          { key: 'created', title: fields.createdAt, cell: ({ createdAt, createdBy }) => `${date(createdAt)} · ${createdBy}` },
          { key: 'used', title: fields.lastUsedAt, cell: ({ lastUsedAt }) => lastUsedAt && dateAndTime(lastUsedAt) },
          actionColumn(
            (key) => [key.revokedAt === null && revokeKey(key)],
            (key) => key.name,
          ),
        ]}
      />
    </Page>
  )
}
