import { SetCollection, type SubscriptionRowFragment, SuspendSubscription, UnsuspendSubscription } from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import { customerName } from '../blocks/customer-link'
import { useTexts } from '../use-texts'
import { useCommonFields } from './common-fields'

/** What can be done with a subscription; the API decides whether it is allowed. */
export function useSubscriptionActions() {
  const { actions, explain, fields, enums } = useTexts()
  const { notes } = useCommonFields()
  const choices = useChoices()
  const targetOf = ({ plan, customer }: SubscriptionRowFragment) => `${plan.name} – ${customerName(customer)}`
  const isLive = ({ status }: SubscriptionRowFragment) => status !== 'EXPIRED'

  const suspend = (subscription: SubscriptionRowFragment): Action | false =>
    isLive(subscription) &&
    subscription.suspendedReason === null &&
    defineAction({
      label: actions.suspend,
      target: targetOf(subscription),
      text: explain.suspend,
      isDangerous: true,
      fields: [
        {
          name: 'reason',
          label: fields.reason,
          kind: 'choice',
          isRequired: true,
          initial: 'ADMIN',
          options: (['ADMIN', 'ABUSE'] as const).map((value) => ({ value, label: enums.suspension[value] })),
        },
        notes,
      ],
      operation: SuspendSubscription,
      variables: (values) => ({ input: { subscriptionId: subscription.id, reason: values.reason, notes: values.notes } }),
    })

  const unsuspend = (subscription: SubscriptionRowFragment): Action | false =>
    subscription.suspendedReason !== null &&
    defineAction({
      label: actions.unsuspend,
      target: targetOf(subscription),
      text: explain.unsuspend,
      fields: [notes],
      operation: UnsuspendSubscription,
      variables: (values) => ({ input: { subscriptionId: subscription.id, notes: values.notes } }),
    })

  const setCollection = (subscription: SubscriptionRowFragment): Action | false =>
    isLive(subscription) &&
    subscription.collection !== 'PROVIDER' &&
    defineAction({
      label: actions.setCollection,
      target: targetOf(subscription),
      text: explain.setCollection,
      fields: [
        {
          name: 'collection',
          label: fields.collection,
          kind: 'choice',
          isRequired: true,
          initial: subscription.collection,
          options: choices('collection').filter(({ value }) => value !== 'PROVIDER'),
        },
        notes,
      ],
      operation: SetCollection,
      variables: (values) => ({ input: { subscriptionId: subscription.id, collection: values.collection, notes: values.notes } }),
    })

  return { suspend, unsuspend, setCollection }
}
