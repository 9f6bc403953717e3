import { type GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql'
import { encodeId, parseId, parseOptionalOrganisationId } from '../../core/ids.js'
import { localeArgument, parseLocaleArgument } from '../../core/locale-argument.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { selectedFields } from '../../core/selected-fields.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { User } from '../../platform/postgres/generated/client.js'
import { loadPlan, Plan, parseLimits } from '../catalog/index.js'
import {
  ADMINISTRATOR,
  CustomerUnion,
  isAdministrator,
  loadCustomer,
  Organisation,
  organisationLoader,
  type RequestContext,
  resolveListScope,
  userLoader,
} from '../identity/index.js'
import { listAllOrders } from './all-orders.queries.js'
import { describeItem, describeItems } from './describe-items.js'
import { OrderStatus } from './order.enums.js'
import { loadOrderItems, planSnapshotLoader } from './order.loader.js'
import { findVisibleOrder, listOrders, type OrderPage } from './order.queries.js'
import { Buyer, Order, OrderConnection, OrderFilter, OrderItem, PurchasedPlan } from './order.type.js'
import type { ItemContent, OrderLine } from './order-item.js'
import type { OrderProjection } from './order-projection.js'

const DEFAULT_LOCALE = 'en'
const TEXT_LANGUAGES = 'In English, German, French or Spanish. Stored texts of imported orders and of earlier versions are not translated.'

@Resolver(() => Order)
export class OrderResolver {
  @Query(() => OrderConnection, {
    description: 'Your orders, and those of organisations where you are an owner or admin, newest first. Requires a signed-in user.',
  })
  @Authorized()
  async orders(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only orders of this organisation.' }) organisationId?: string,
    @Arg('status', () => OrderStatus, { nullable: true, description: 'Only orders with this status.' }) status?: OrderStatus,
  ): Promise<OrderPage> {
    const scope = await resolveListScope(services.db, principal, parseOptionalOrganisationId('organisationId', organisationId))
    return listOrders(services, scope, selectedFields(info), page, status)
  }

  @Query(() => OrderConnection, {
    description:
      'The orders of all customers. With `filter: {status: PENDING}`, the orders that await approval. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  allOrders(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => OrderFilter, { nullable: true, description: 'Which orders to list; all if omitted.' }) filter?: OrderFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ): Promise<OrderPage> {
    return listAllOrders(services, selectedFields(info), page, filter ?? {}, orderBy)
  }

  @Query(() => Order, {
    nullable: true,
    description: 'An order by its id. Null if it does not exist or you may not view it. Requires a signed-in user.',
  })
  @Authorized()
  order(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'Id of the order.' }) id: string,
  ): Promise<OrderProjection | null> {
    return findVisibleOrder(services, principal, parseId('id', id, 'Order'), selectedFields(info))
  }

  @FieldResolver(() => Money, { description: 'The amount owed, including tax.' })
  amount(@Root() order: OrderProjection): MoneyAmount {
    return { minorUnits: order.amount, currency: order.currency }
  }

  @FieldResolver(() => Money, { description: 'The amount without tax.' })
  net(@Root() order: OrderProjection): MoneyAmount {
    return { minorUnits: order.net, currency: order.currency }
  }

  @FieldResolver(() => String, { description: `Summary of the items, for example "Pro, 1 month". ${TEXT_LANGUAGES}` })
  description(
    @Root() order: OrderProjection,
    @Ctx() context: RequestContext,
    @Arg('locale', () => String, localeArgument(DEFAULT_LOCALE)) tag: string | null,
  ): string | Promise<string> {
    const locale = parseLocaleArgument(tag, DEFAULT_LOCALE)
    const lines = loadOrderItems(context, order)
    return 'then' in lines ? lines.then((loaded) => describeItems(loaded, locale)) : describeItems(lines, locale)
  }

  @FieldResolver(() => [OrderItem], { description: 'Line items of the order.' })
  items(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    const lines = loadOrderItems(context, order)
    const toItems = (loaded: readonly OrderLine[]) => loaded.map((line) => toOrderItem(line, order.currency))
    return 'then' in lines ? lines.then(toItems) : toItems(lines)
  }

  @FieldResolver(() => ID, { nullable: true, description: 'Id of the ordered plan. Null if the order is not for a plan.' })
  planId(@Root() { planId }: OrderProjection): string | null {
    return planId === null ? null : encodeId('Plan', planId)
  }

  @FieldResolver(() => Plan, {
    nullable: true,
    description: 'The plan as it is today. See `purchasedPlan` for the plan as it was purchased.',
  })
  plan(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    return order.planId === null ? null : loadPlan(context, order.planId)
  }

  @FieldResolver(() => PurchasedPlan, {
    nullable: true,
    description: 'Snapshot of the plan at the time of purchase. Null if the order is not for a plan.',
  })
  async purchasedPlan(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    if (order.planName === null) return null
    const [snapshot, plan] = await Promise.all([
      context.loader(planSnapshotLoader).load(order.id),
      order.planId === null ? null : loadPlan(context, order.planId),
    ])
    const price = order.planPrice === null ? null : { minorUnits: order.planPrice, currency: order.currency }
    const limits = parseLimits(snapshot?.planLimits, plan ?? undefined)
    return { name: order.planName, price, limits, features: snapshot?.planFeatures }
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that the order is for.' })
  customer(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    return loadCustomer(context, order)
  }

  @FieldResolver(() => Buyer, { description: 'The user who placed the order, or who was granted the plan.' })
  buyer(@Root() order: OrderProjection, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Buyer | Promise<Buyer> {
    const selected = selectedFields(info)
    const isRead = selected.has('name') || selected.has('email')
    return isRead ? loadBuyer(context, order) : toBuyer(order, null)
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation that the order is for. Null if it is for the user.' })
  organisation(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    return order.organisationId === null ? null : context.loader(organisationLoader).load(order.organisationId)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Internal notes, visible only to administrators and null for everybody else. Never printed on an invoice.',
  })
  notes(@Root() order: OrderProjection, @Ctx() { user }: RequestContext): string | null {
    return isAdministrator(user) ? order.notes : null
  }

  @FieldResolver(() => DateTime, { description: 'When the order was placed.' })
  date(@Root() order: OrderProjection): Date {
    return order.placedAt
  }
}

@Resolver(() => OrderItem)
export class OrderItemResolver {
  @FieldResolver(() => String, { description: `Description of the item, for example "Pro, 1 month". ${TEXT_LANGUAGES}` })
  description(
    @Root() { content }: OrderItemSource,
    @Arg('locale', () => String, localeArgument(DEFAULT_LOCALE)) tag: string | null,
  ): string {
    return describeItem(content, parseLocaleArgument(tag, DEFAULT_LOCALE))
  }
}

async function loadBuyer(context: RequestContext, order: OrderProjection): Promise<Buyer> {
  return toBuyer(order, await context.loader(userLoader).load(order.userId))
}

function toBuyer({ userId }: OrderProjection, user: User | null): Buyer {
  return { userId: encodeId('User', userId), name: user?.name ?? null, email: user?.email ?? null }
}

type OrderItemSource = OrderItem & { content: ItemContent }

function toOrderItem(line: OrderLine, currency: string): OrderItemSource {
  const { quantity, unitPrice, amount } = line
  return { content: line, quantity, unitPrice: { minorUnits: unitPrice, currency }, amount: { minorUnits: amount, currency } }
}
