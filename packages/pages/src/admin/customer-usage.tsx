import { Stack } from '@mantine/core'
import { CustomerUsage, type CustomerUsageQuery } from '../generated/admin'
import { DataTable } from '../ui/data-table'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import type { useAccessActions } from './actions/access-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

type Override = CustomerUsageQuery['limitOverrides']['nodes'][number]

interface CustomerUsageProps {
  customer: { userId?: string; organisationId?: string }
  actions: ReturnType<typeof useAccessActions>
}

/** What a customer uses of its limits, and their overrides. */
export function CustomerUsagePart({ customer, actions: { setLimit, removeLimit } }: CustomerUsageProps) {
  const actionColumn = useActionColumn<Override>()
  const { fields, enums } = useTexts()
  const { number, date } = useLocale()
  const loaded = useLoaded(CustomerUsage, customer)
  return (
    <LoadedContent loaded={loaded}>
      {({ usage, limitOverrides }) => (
        <Stack gap="lg">
          <Section title={fields.usage}>
            <DataTable
              label={fields.usage}
              rows={usage}
              rowKey={({ resource }) => resource}
              columns={[
                { key: 'resource', title: fields.resource, cell: ({ resource }) => enums.resource[resource] },
                { key: 'used', title: fields.used, align: 'end', cell: ({ used }) => number(used) },
                {
                  key: 'limit',
                  title: fields.limit,
                  align: 'end',
                  cell: ({ limit }) => (limit === null ? fields.unlimited : number(limit)),
                },
                { key: 'over', title: fields.status, cell: ({ overLimit }) => overLimit && <Status of="usageState" value="OVERDUE" /> },
              ]}
            />
          </Section>
          <Section title={fields.overrides} actions={<ActionButtons isInTable actions={[setLimit]} />}>
            <DataTable
              label={fields.overrides}
              rows={limitOverrides.nodes}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'resource',
                  title: fields.resource,
                  cell: ({ resource }) => (resource ? enums.resource[resource] : fields.allResources),
                },
                {
                  key: 'value',
                  title: fields.limit,
                  cell: ({ value, percent }) => (percent === null ? (value === null ? fields.unlimited : number(value)) : `+${percent} %`),
                },
                { key: 'reason', title: fields.reason, cell: ({ reason }) => reason },
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
        </Stack>
      )}
    </LoadedContent>
  )
}
