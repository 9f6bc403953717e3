import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Subscription as SubscriptionRecord } from '../../../platform/postgres/generated/client.js'
import { planLoader } from '../../catalog/index.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { toInvoicePreview } from '../../invoicing/index.js'
import { SuspensionReason } from '../subscription.enums.js'
import { PlanSubscription } from '../subscription.type.js'
import {
  RenewalPreview,
  SetCollectionInput,
  SetCollectionPayload,
  SuspendSubscriptionInput,
  SuspendSubscriptionPayload,
  UnsuspendSubscriptionInput,
  UnsuspendSubscriptionPayload,
} from './collection.type.js'
import { previewRenewal } from './preview-renewal.js'
import { setCollection } from './set-collection.js'
import { suspendSubscription, unsuspendSubscription } from './suspend-subscription.js'

@Resolver(() => PlanSubscription)
export class CollectionResolver {
  @Query(() => RenewalPreview, {
    nullable: true,
    description:
      'The next renewal invoice of your subscription, or of another one that you may see. Null if none will be issued: the subscription is not collected by invoice, is cancelled, or ends. Requires a signed-in user.',
  })
  @Authorized()
  async upcomingInvoice(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    organisationId?: string,
    @Arg('subscriptionId', () => ID, { nullable: true, description: 'Id of a subscription, instead of your own.' }) subscriptionId?: string,
  ) {
    const upcoming = await previewRenewal(context, context.requiredUser, { organisationId, subscriptionId })
    if (!upcoming) return null
    const { amounts, planId, period, issueAt, fromBalance, amountDue } = upcoming
    const { currency } = amounts
    return {
      ...toInvoicePreview(amounts),
      plan: await context.loader(planLoader).load(planId),
      periodStart: period.start,
      periodEnd: period.end,
      issueAt,
      fromBalance: { minorUnits: fromBalance, currency },
      amountDue: { minorUnits: amountDue, currency },
    }
  }

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
