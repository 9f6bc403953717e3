import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import { parseId, parseOptionalId } from '../../core/input.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import type { Order as OrderRecord, Subscription as SubscriptionRecord } from '../../platform/postgres/generated/client.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'
import { Plan, planLoader } from '../catalog/index.js'
import { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from '../entitlements/index.js'
import { ADMINISTRATOR, type RequestContext, resolveListScope, User, userLoader } from '../identity/index.js'
import { Order, orderLoader } from '../orders/index.js'
import { applyPlan } from './apply-plan.js'
import { cancelOrder } from './cancel-order.js'
import { cancelPlan } from './cancel-plan.js'
import { ApplyPlanInput, ApplyPlanPayload, CancelPlanInput, CancelPlanPayload, CurrentPlan, Subscription } from './subscription.type.js'

@Resolver(() => Subscription)
export class SubscriptionResolver {
  @Query(() => Subscription, { nullable: true, description: "Your subscription or an organisation's; null when there is none." })
  @Authorized()
  async subscription(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation of which you are owner or admin; yourself otherwise.',
    })
    id?: string,
  ) {
    const organisationId = parseOptionalId('organisationId', id)
    await resolveListScope(context.services.db, context.requiredUser, organisationId)
    return loadLiveSubscription(context, { userId: context.requiredUser.userId, organisationId: organisationId ?? null })
  }

  @Query(() => CurrentPlan, { description: 'Administrators, and API keys with READ: what a user has right now.' })
  @Authorized(ADMINISTRATOR, ApiKeyScope.READ)
  async currentPlan(@Ctx() context: RequestContext, @Arg('userId', () => ID, { description: 'The user.' }) userId: string) {
    const holder = { userId: parseId('userId', userId), organisationId: null }
    if (!(await context.loader(userLoader).load(holder.userId))) {
      throw new DomainError('USER_NOT_FOUND', `There is no user ${holder.userId}`)
    }
    const usable = await loadUsableSubscription(context, holder)
    const { plan, limits } = await loadEntitlement(context, holder)
    return {
      plan,
      order: usable?.orderId ? await context.loader(orderLoader).load(usable.orderId) : null,
      subscription: await loadLiveSubscription(context, holder),
      limits,
    }
  }

  @Mutation(() => ApplyPlanPayload, { description: 'Administrators: grants a plan without a payment, or approves a pending order.' })
  @Authorized(ADMINISTRATOR)
  async applyPlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => ApplyPlanInput, { description: 'Which plan, for whom.' }) input: ApplyPlanInput,
  ) {
    return { success: true, order: await applyPlan(services, signedIn, input) }
  }

  @Mutation(() => CancelPlanPayload, { description: 'Administrators: ends the plan and falls back to the default free plan.' })
  @Authorized(ADMINISTRATOR)
  async cancelPlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CancelPlanInput, { description: 'Whose plan.' }) input: CancelPlanInput,
  ) {
    return { success: true, cancelledOrders: await cancelPlan(services, signedIn, input) }
  }

  @Mutation(() => Order, { description: 'Cancels a pending order of yours, or ends the plan of an active one at once.' })
  @Authorized()
  cancelOrder(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the order.' }) id: string,
  ): Promise<OrderRecord> {
    return cancelOrder(services, signedIn, id)
  }

  @FieldResolver(() => Plan, { description: 'The plan it is for.' })
  plan(@Root() subscription: SubscriptionRecord, @Ctx() context: RequestContext) {
    return context.loader(planLoader).load(subscription.planId)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When the subscription ends, if it is known; when it ended, if it is over.',
  })
  endsAt(@Root() { status, endsAt, endedAt, currentPeriodEnd }: SubscriptionRecord): Date | null {
    return endedAt ?? endsAt ?? (status === 'CANCELLED' ? currentPeriodEnd : null)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The id of the subscription at the payment provider or in Escluse's events; null when it has none.",
  })
  providerId(@Root() { providerSubscriptionId }: SubscriptionRecord): string | null {
    return providerSubscriptionId
  }

  @FieldResolver(() => JsonObject, { description: 'The feature flags that were bought.' })
  features(@Root() subscription: SubscriptionRecord) {
    return subscription.planFeatures
  }
}

@Resolver(() => ApplyPlanPayload)
export class ApplyPlanPayloadResolver {
  @FieldResolver(() => User, { description: 'The user, with the portal tier and the limits that apply now.' })
  user(@Root() { order }: { order: OrderRecord }, @Ctx() context: RequestContext) {
    return context.loader(userLoader).load(order.userId)
  }
}
