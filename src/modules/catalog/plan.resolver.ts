import { Arg, Authorized, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId } from '../../core/input.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import type { Plan as PlanRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { archivePlan, createPlan, updatePlan } from './manage-plans.js'
import { findPlan } from './plan.queries.js'
import { CreatePlanInput, Plan, PlanPayload, UpdatePlanInput } from './plan.type.js'
import { CACHEABLE } from './plan-cache.js'

@Resolver(() => Plan)
export class PlanResolver {
  @Query(() => [Plan], { description: 'Public: plans not hidden and not archived, cheapest first, custom prices last.' })
  @Extensions(CACHEABLE)
  async plans(@Ctx() { services }: RequestContext): Promise<readonly PlanRecord[]> {
    return (await services.planCache.read()).available
  }

  @Query(() => Plan, {
    nullable: true,
    description: 'Public: one plan. Null when there is none, or when it is hidden or archived and you are no administrator.',
  })
  @Extensions(CACHEABLE)
  plan(
    @Ctx() { services, user: viewer }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the plan.' }) id: string,
  ): Promise<PlanRecord | null> {
    return findPlan(services.planCache, viewer, parseId('id', id))
  }

  @Query(() => [Plan], { description: 'Administrators: the whole catalogue, hidden and archived plans included.' })
  @Authorized(ADMINISTRATOR)
  async allPlans(@Ctx() { services }: RequestContext): Promise<readonly PlanRecord[]> {
    return (await services.planCache.read()).all
  }

  @Mutation(() => PlanPayload, { description: 'Administrators: adds a plan to the catalogue.' })
  @Authorized(ADMINISTRATOR)
  async createPlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CreatePlanInput, { description: 'The new plan.' }) input: CreatePlanInput,
  ) {
    return { plan: await createPlan(services, signedIn, input) }
  }

  @Mutation(() => PlanPayload, { description: 'Administrators: changes a plan. Who bought it before keeps what was bought.' })
  @Authorized(ADMINISTRATOR)
  async updatePlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => UpdatePlanInput, { description: 'The changes.' }) input: UpdatePlanInput,
  ) {
    return { plan: await updatePlan(services, signedIn, input) }
  }

  @Mutation(() => PlanPayload, { description: 'Administrators: takes a plan out of the catalogue for good. Who has it keeps it.' })
  @Authorized(ADMINISTRATOR)
  async archivePlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the plan.' }) id: string,
  ) {
    return { plan: await archivePlan(services, signedIn, id) }
  }

  @FieldResolver(() => Money, { nullable: true, description: 'What an interval costs; null is a custom price: ask sales.' })
  price(@Root() plan: PlanRecord): MoneyAmount | null {
    return plan.price === null ? null : { minorUnits: plan.price, currency: plan.currency }
  }
}
