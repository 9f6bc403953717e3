import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import type { Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { Organisation, type RequestContext, User } from '../identity/index.js'
import { loadCustomerOrders } from './customer-orders.loader.js'
import { OrderStatus } from './order.enums.js'
import { OrderConnection } from './order.type.js'

const STATUS_ARGUMENT = { nullable: true, description: 'Only orders with this status.' }

@Resolver(() => User)
export class UserOrdersResolver {
  @FieldResolver(() => OrderConnection, {
    nullable: true,
    description:
      "The user's own orders, newest first. `Organisation.orders` has those for organisations. Null if you are neither this user nor an administrator.",
  })
  orders(
    @Root() { id }: UserRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => OrderStatus, STATUS_ARGUMENT) status?: OrderStatus,
  ) {
    return loadCustomerOrders(context, { userId: id, organisationId: null }, page, status ?? null)
  }
}

@Resolver(() => Organisation)
export class OrganisationOrdersResolver {
  @FieldResolver(() => OrderConnection, {
    nullable: true,
    description:
      'The orders for the organisation, newest first. Null if you are neither an owner or admin of the organisation nor an administrator.',
  })
  orders(
    @Root() { id }: OrganisationRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => OrderStatus, STATUS_ARGUMENT) status?: OrderStatus,
  ) {
    return loadCustomerOrders(context, { userId: '', organisationId: id }, page, status ?? null)
  }
}
