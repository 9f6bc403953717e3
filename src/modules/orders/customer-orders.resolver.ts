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
      'The orders that the user has for itself, newest first; those for organisations are fields of `Organisation`. Null unless you are this user or an administrator.',
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
    description: 'The orders for the organisation, newest first. Null unless you are one of its owners or admins, or an administrator.',
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
