import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { MoneyAmount } from '../../../core/money.js'
import { Money } from '../../../core/money.type.js'
import { DateTime } from '../../../core/scalars.js'
import type { Subscription as SubscriptionRecord } from '../../../platform/postgres/generated/client.js'
import { planLoader } from '../../catalog/index.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { toInvoicePreview } from '../../invoicing/index.js'
import { SuspensionReason } from '../subscription.enums.js'
import { PlanSubscription } from '../subscription.type.js'
import {
  MovePricesInput,
  MovePricesPayload,
  RenewalPreview,
  SetCollectionInput,
  SetCollectionPayload,
  SuspendSubscriptionInput,
  SuspendSubscriptionPayload,
  UnsuspendSubscriptionInput,
  UnsuspendSubscriptionPayload,
} from './collection.type.js'
import { movePrices } from './move-prices.js'
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

  @Mutation(() => MovePricesPayload, {
    description:
      'Moves all subscribers of a plan that are renewed by invoice to its current price, from their first renewal after the notice period. The last request for a plan applies. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async movePrices(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => MovePricesInput, { description: 'The plan, and the time of the change.' }) input: MovePricesInput,
  ) {
    return movePrices(services, principal, input)
  }

  @FieldResolver(() => Money, {
    nullable: true,
    description: 'Price of one billing interval from `nextPriceAt` on, without a change of plan. Null if the price stays.',
  })
  nextPrice(@Root() { nextPrice, currency }: SubscriptionRecord): MoneyAmount | null {
    return nextPrice === null ? null : { minorUnits: nextPrice, currency }
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'The renewal from which `nextPrice` applies.' })
  nextPriceAt(@Root() { nextPriceAt }: SubscriptionRecord): Date | null {
    return nextPriceAt
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
