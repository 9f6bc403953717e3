import { Stack } from '@mantine/core'
import { CustomerUsage, LimitOverrides, type LimitOverridesQuery } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import type { useAccessActions } from './actions/access-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { CompleteTable } from './blocks/complete-table'
import { List } from './blocks/list'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

type Override = LimitOverridesQuery['limitOverrides']['nodes'][number]

interface CustomerUsageProps {
  customer: { userId?: string; organisationId?: string }
  actions: ReturnType<typeof useAccessActions>
}

/** What a customer uses of its limits, and their overrides. */
export function CustomerUsagePart({ customer, actions }: CustomerUsageProps) {
  return (
    <Stack gap="lg">
      <Usage customer={customer} />
      <Overrides customer={customer} actions={actions} />
    </Stack>
  )
}

function Usage({ customer }: Pick<CustomerUsageProps, 'customer'>) {
  const { fields, enums } = useTexts()
  const { number } = useLocale()
  const loaded = useLoaded(CustomerUsage, customer)
  return (
    <Section title={fields.usage}>
      <LoadedContent loaded={loaded}>
        {({ usage }) => (
          <CompleteTable
            label={fields.usage}
            rows={usage}
            rowKey={({ resource }) => resource}
            prefix="usage-"
            columns={[
              {
                key: 'resource',
                title: fields.resource,
                cell: ({ resource }) => enums.resource[resource],
                value: ({ resource }) => enums.resource[resource],
              },
              { key: 'used', title: fields.used, align: 'end', cell: ({ used }) => number(used), value: ({ used }) => used },
              {
                key: 'limit',
                title: fields.limit,
                align: 'end',
                cell: ({ limit }) => (limit === null ? fields.unlimited : number(limit)),
                value: ({ limit }) => limit ?? Number.MAX_SAFE_INTEGER,
              },
              { key: 'over', title: fields.status, cell: ({ overLimit }) => overLimit && <Status of="usageState" value="OVERDUE" /> },
            ]}
          />
        )}
      </LoadedContent>
    </Section>
  )
}

function Overrides({ customer, actions: { setLimit, removeLimit } }: CustomerUsageProps) {
  const actionColumn = useActionColumn<Override>()
  const { empty, fields, enums } = useTexts()
  const { number, date } = useLocale()
  const choices = useChoices()
  const limitOf = ({ value, percent }: Override) => {
    if (percent !== null) return `+${percent} %`
    return value === null ? fields.unlimited : number(value)
  }
  return (
    <Section title={fields.overrides} actions={<ActionButtons isInTable actions={[setLimit]} />}>
      <List
        label={fields.overrides}
        operation={LimitOverrides}
        connection={({ limitOverrides }) => limitOverrides}
        empty={empty.overrides}
        sorts={useTimeSorts()}
        filters={[
          { name: 'state', label: fields.status, kind: 'choice', options: choices('overrideState') },
          { name: 'resource', label: fields.resource, kind: 'choice', options: choices('resource') },
        ]}
        variables={({ state, resource }) => ({
          ...customer,
          inForce: state === undefined ? undefined : state === 'IN_FORCE',
          resource: resource as 'SERVERS' | undefined,
        })}
        columns={[
          {
            key: 'resource',
            title: fields.resource,
            cell: ({ resource }) => (resource ? enums.resource[resource] : fields.allResources),
          },
          { key: 'value', title: fields.limit, cell: limitOf },
          { key: 'reason', title: fields.reason, cell: ({ reason }) => reason },
          { key: 'date', title: fields.createdAt, cell: ({ createdAt }) => date(createdAt) },
          {
            key: 'end',
            title: fields.endsAt,
            cell: ({ removedAt, endsAt }) => (removedAt ? `${fields.removed} ${date(removedAt)}` : endsAt && date(endsAt)),
          },
          actionColumn(
            (override) => [override.removedAt === null && removeLimit(override)],
            (override) => override.reason,
          ),
        ]}
      />
    </Section>
  )
}
