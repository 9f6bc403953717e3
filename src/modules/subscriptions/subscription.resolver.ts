import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import type { Order as OrderRecord, Subscription as SubscriptionRecord } from '../../platform/postgres/generated/client.js'
import { BillingInterval, Plan, planLoader } from '../catalog/index.js'
import { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from '../entitlements/index.js'
import {
  ADMINISTRATOR,
  ApiKeyScope,
  CustomerUnion,
  getUserOrOrganisation,
  loadCustomer,
  type RequestContext,
  resolveListScope,
  User,
  userLoader,
} from '../identity/index.js'
import { orderLoader, PlaceOrderInput, PlaceOrderPayload } from '../orders/index.js'
import { applyPlan } from './apply-plan.js'
import { cancelOrder } from './cancel-order.js'
import { cancelPlan } from './cancel-plan.js'
import { placeOrder } from './place-order.js'
import {
  ApplyPlanInput,
  ApplyPlanPayload,
  CancelOrderInput,
  CancelOrderPayload,
  CancelPlanInput,
  CancelPlanPayload,
  CurrentPlan,
  PlanSubscription,
} from './subscription.type.js'

@Resolver(() => PlanSubscription)
export class SubscriptionResolver {
  @Query(() => PlanSubscription, {
    nullable: true,
    description: "Your subscription or an organisation's. Null if there is none. Requires a signed-in user.",
  })
  @Authorized()
  async subscription(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    id?: string,
  ) {
    const organisationId = parseOptionalOrganisationId('organisationId', id)
    await resolveListScope(context.services.db, context.requiredUser, organisationId)
    return loadLiveSubscription(context, { userId: context.requiredUser.userId, organisationId: organisationId ?? null })
  }

  @Query(() => CurrentPlan, {
    nullable: true,
    description: 'The effective plan of a user or an organisation. Requires the administrator role or an API key with the READ scope.',
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.READ)
  async currentPlan(
    @Ctx() context: RequestContext,
    @Arg('userId', () => ID, { nullable: true, description: 'Id of the user. Specify either a user or an organisation.' }) userId?: string,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'Id of the organisation. Specify either a user or an organisation.',
    })
    organisationId?: string,
  ) {
    const customer = await getUserOrOrganisation(context.services.db, { userId, organisationId })
    const usable = await loadUsableSubscription(context, customer)
    const { plan, limits } = await loadEntitlement(context, customer)
    return {
      plan,
      order: usable?.orderId ? await context.loader(orderLoader).load(usable.orderId) : null,
      subscription: await loadLiveSubscription(context, customer),
      limits,
    }
  }

  @Mutation(() => ApplyPlanPayload, {
    description:
      'Grants a plan without a payment, or approves a pending order and confirms the reported payments that it covers. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async applyPlan(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ApplyPlanInput, { description: 'The plan to apply, and the customer to apply it to.' }) input: ApplyPlanInput,
  ) {
    return { success: true, order: await applyPlan(services, principal, input) }
  }

  @Mutation(() => CancelPlanPayload, {
    description: 'Ends the plan of a customer, who reverts to the default free plan. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async cancelPlan(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CancelPlanInput, { description: 'The customer whose plan ends.' }) input: CancelPlanInput,
  ) {
    return { success: true, cancelledOrders: await cancelPlan(services, principal, input) }
  }

  @Mutation(() => CancelOrderPayload, {
    description: 'Cancels one of your pending orders, or immediately ends the plan of an active one. Requires a signed-in user.',
  })
  @Authorized()
  async cancelOrder(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CancelOrderInput, { description: 'The order to cancel.' }) input: CancelOrderInput,
  ) {
    return { order: await cancelOrder(services, principal, input) }
  }

  @Mutation(() => PlaceOrderPayload, {
    description:
      'Orders a plan. The order is pending until it is paid or an administrator approves it, and expires after 7 days. Requires a signed-in user.',
  })
  @Authorized()
  async placeOrder(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => PlaceOrderInput, { description: 'The plan to order, and the customer to order it for.' }) input: PlaceOrderInput,
  ) {
    return { order: await placeOrder(services, principal, input) }
  }

  @FieldResolver(() => Plan, { description: 'The plan of the subscription.' })
  plan(@Root() subscription: SubscriptionRecord, @Ctx() context: RequestContext) {
    return context.loader(planLoader).load(subscription.planId)
  }

  @FieldResolver(() => Plan, {
    nullable: true,
    description:
      'The plan that `changePlan` has scheduled for the end of the period. Null if none is scheduled. `revokePlanChange` revokes the change.',
  })
  pendingPlan(@Root() { status, planId, pendingPlanId }: SubscriptionRecord, @Ctx() context: RequestContext) {
    const isPending = pendingPlanId !== null && pendingPlanId !== planId && status !== 'EXPIRED'
    return isPending ? context.loader(planLoader).load(pendingPlanId) : null
  }

  @FieldResolver(() => Money, {
    nullable: true,
    description:
      'Price of one billing interval at which the plan was sold, also for renewals. Null for a custom price. `Order.amount` includes tax.',
  })
  price(@Root() { price, currency }: SubscriptionRecord): MoneyAmount | null {
    return price === null ? null : { minorUnits: price, currency }
  }

  @FieldResolver(() => BillingInterval, { description: 'Billing interval of the plan, which is the length of a period.' })
  interval(@Root() { planInterval }: SubscriptionRecord) {
    return planInterval
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that has the subscription.' })
  customer(@Root() subscription: SubscriptionRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, subscription)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When the subscription ends or ended. Null if no end is known.',
  })
  endsAt(@Root() { status, endsAt, endedAt, currentPeriodEnd }: SubscriptionRecord): Date | null {
    return endedAt ?? endsAt ?? (status === 'CANCELLED' ? currentPeriodEnd : null)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Id of the subscription at the payment provider or in Escluse's events. Null if it has none.",
  })
  providerId(@Root() { providerSubscriptionId }: SubscriptionRecord): string | null {
    return providerSubscriptionId
  }

  @FieldResolver(() => JsonObject, { description: 'Feature flags of the plan at the time of purchase.' })
  features(@Root() subscription: SubscriptionRecord) {
    return subscription.planFeatures
  }
}

@Resolver(() => ApplyPlanPayload)
export class ApplyPlanPayloadResolver {
  @FieldResolver(() => User, { description: 'The user, with the current portal tier and limits.' })
  user(@Root() { order }: { order: OrderRecord }, @Ctx() context: RequestContext) {
    return context.loader(userLoader).load(order.userId)
  }
}
