import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Subscription as SubscriptionRecord } from '../../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { SuspensionReason } from '../subscription.enums.js'
import { PlanSubscription } from '../subscription.type.js'
import {
  SetCollectionInput,
  SetCollectionPayload,
  SuspendSubscriptionInput,
  SuspendSubscriptionPayload,
  UnsuspendSubscriptionInput,
  UnsuspendSubscriptionPayload,
} from './collection.type.js'
import { setCollection } from './set-collection.js'
import { suspendSubscription, unsuspendSubscription } from './suspend-subscription.js'

@Resolver(() => PlanSubscription)
export class CollectionResolver {
  @Mutation(() => SetCollectionPayload, {
    description:
      'Switches a subscription between renewals by invoice and no renewals. Cancels plan changes that have not taken effect. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setCollection(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SetCollectionInput, { description: 'The subscription and its collection.' }) input: SetCollectionInput,
  ) {
    return { subscription: await setCollection(services, principal, input) }
  }

  @Mutation(() => SuspendSubscriptionPayload, {
    description:
      'Blocks the access of a subscription until an administrator unsuspends it. It is still renewed and invoiced. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async suspendSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SuspendSubscriptionInput, { description: 'The subscription and the reason.' }) input: SuspendSubscriptionInput,
  ) {
    return { subscription: await suspendSubscription(services, principal, input) }
  }

  @Mutation(() => UnsuspendSubscriptionPayload, {
    description: 'Gives a suspended subscription its access back, unless an invoice is overdue as well. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async unsuspendSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => UnsuspendSubscriptionInput, { description: 'The subscription.' }) input: UnsuspendSubscriptionInput,
  ) {
    return { subscription: await unsuspendSubscription(services, principal, input) }
  }

  @FieldResolver(() => SuspensionReason, {
    nullable: true,
    description: 'Why the subscription gives no access, although it has not ended. Null if it is not suspended.',
  })
  suspendedReason(@Root() { status, suspendedBy }: SubscriptionRecord): SuspensionReason | null {
    if (status === 'EXPIRED') return null
    return suspendedBy ?? (status === 'UNPAID' ? 'OVERDUE' : null)
  }
}
