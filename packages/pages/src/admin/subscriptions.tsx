import { AllPlans, AllSubscriptions, type SubscriptionRowFragment } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { useSubscriptionActions } from './actions/subscription-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { customerName } from './blocks/customer-link'
import { List } from './blocks/list'
import { listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { useSubscriptionColumns } from './columns/subscription-columns'
import { useTexts } from './use-texts'

export default function Subscriptions() {
  const actionColumn = useActionColumn<SubscriptionRowFragment>()
  const { nav, intro, fields } = useTexts()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const columns = useSubscriptionColumns()
  const { suspend, unsuspend, setCollection } = useSubscriptionActions()
  const plans = useLoaded(AllPlans, {}).data?.allPlans ?? []
  return (
    <Page title={nav.subscriptions} text={intro.subscriptions}>
      <List
        label={nav.subscriptions}
        operation={AllSubscriptions}
        connection={({ allSubscriptions }) => allSubscriptions}
        sorts={sorts}
        filters={[
          { name: 'planId', label: fields.plan, kind: 'choice', options: plans.map(({ id, name }) => ({ value: id, label: name })) },
          {
            name: 'status',
            label: fields.status,
            kind: 'choice',
            options: choices('subscriptionStatus').filter(({ value }) => value !== 'SUSPENDED'),
          },
        ]}
        variables={({ planId, status }) => ({ filter: { planId, status: listOf<SubscriptionRowFragment['status']>(status) } })}
        columns={[
          ...columns,
          actionColumn(
            (row) => [unsuspend(row), setCollection(row), suspend(row)],
            (row) => customerName(row.customer),
          ),
        ]}
      />
    </Page>
  )
}
