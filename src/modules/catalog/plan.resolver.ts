import { Arg, Authorized, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import type { Plan as PlanRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { archivePlan, createPlan, updatePlan } from './manage-plans.js'
import { findVisiblePlan } from './plan.queries.js'
import {
  ArchivePlanInput,
  ArchivePlanPayload,
  CreatePlanInput,
  CreatePlanPayload,
  type NewPlan,
  Plan,
  type PlanChanges,
  type PricedPlan,
  UpdatePlanInput,
  UpdatePlanPayload,
} from './plan.type.js'
import { CACHEABLE } from './plan-cache.js'

@Resolver(() => Plan)
export class PlanResolver {
  @Query(() => [Plan], { description: 'Plans that are neither hidden nor archived, cheapest first, custom prices last. Public.' })
  @Extensions(CACHEABLE)
  async plans(@Ctx() { services }: RequestContext): Promise<readonly PlanRecord[]> {
    return (await services.planCache.read()).available
  }

  @Query(() => Plan, {
    nullable: true,
    description: 'A plan by its id. Null if it does not exist, or if it is hidden or archived and you are not an administrator. Public.',
  })
  @Extensions(CACHEABLE)
  plan(
    @Ctx() { services, user }: RequestContext,
    @Arg('id', () => ID, { description: 'Id of the plan.' }) id: string,
  ): Promise<PlanRecord | null> {
    return findVisiblePlan(services.planCache, user, parseId('id', id, 'Plan'))
  }

  @Query(() => [Plan], { description: 'The whole catalog, including hidden and archived plans. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async allPlans(@Ctx() { services }: RequestContext): Promise<readonly PlanRecord[]> {
    return (await services.planCache.read()).all
  }

  @Mutation(() => CreatePlanPayload, { description: 'Creates a plan. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async createPlan(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CreatePlanInput, { description: 'The new plan.' }) input: PricedPlan,
  ) {
    return { plan: await createPlan(services, requiredUser, toNewPlan(input)) }
  }

  @Mutation(() => UpdatePlanPayload, {
    description: 'Updates a plan. Existing subscribers keep the limits they bought. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async updatePlan(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => UpdatePlanInput, { description: 'The changes.' }) input: PlanChanges,
  ) {
    return { plan: await updatePlan(services, requiredUser, input) }
  }

  @Mutation(() => ArchivePlanPayload, {
    description: 'Archives a plan. Existing subscribers keep it. Cannot be undone. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async archivePlan(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ArchivePlanInput, { description: 'The plan to archive.' }) input: ArchivePlanInput,
  ) {
    return { plan: await archivePlan(services, requiredUser, input) }
  }

  @FieldResolver(() => Money, { nullable: true, description: 'Price of one billing interval. Null means a custom price; contact sales.' })
  price(@Root() plan: PlanRecord): MoneyAmount | null {
    return plan.price === null ? null : { minorUnits: plan.price, currency: plan.currency }
  }
}

/** @throws BAD_USER_INPUT if the input names two currencies */
function toNewPlan({ price, ...input }: PricedPlan): NewPlan {
  if (price == null) return { ...input, ...(price === null && { price }) }
  const { minorUnits, currency } = price
  if (input.currency != null && input.currency !== currency)
    throw invalidInputError('input.currency', `must be omitted: the price is in ${currency}`)
  return { ...input, price: minorUnits, currency }
}
