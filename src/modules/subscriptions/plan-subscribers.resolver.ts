import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import type { Plan as PlanRecord } from '../../platform/postgres/generated/client.js'
import { Plan } from '../catalog/index.js'
import { isAdministrator, type RequestContext } from '../identity/index.js'
import { subscriberCountLoader } from './plan-subscribers.loader.js'

@Resolver(() => Plan)
export class PlanSubscribersResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description: 'The number of customers with a live subscription to the plan. Null unless you are an administrator.',
  })
  subscriberCount(@Root() { id }: PlanRecord, @Ctx() context: RequestContext): Promise<number> | null {
    return isAdministrator(context.principal) ? context.loader(subscriberCountLoader).load(id) : null
  }
}
