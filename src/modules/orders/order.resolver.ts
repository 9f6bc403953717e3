import { type GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId, parseOptionalId } from '../../core/input.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { selectedFields } from '../../core/selected-fields.js'
import type { OrderItem as OrderItemRecord } from '../../platform/postgres/generated/client.js'
import { OrderStatus } from '../../platform/postgres/generated/enums.js'
import { loadPlan, Plan, parseLimits } from '../catalog/index.js'
import {
  ADMINISTRATOR,
  isAdministrator,
  Organisation,
  organisationLoader,
  type RequestContext,
  resolveListScope,
  userLoader,
} from '../identity/index.js'
import { orderItemsLoader, planSnapshotLoader } from './order.loader.js'
import { findOrder, listOrders, type OrderPage } from './order.queries.js'
import { describeItems } from './order.rules.js'
import { Buyer, Order, OrderConnection, OrderItem, PlaceOrderInput, PlaceOrderPayload, PurchasedPlan } from './order.type.js'
import type { OrderProjection } from './order-projection.js'
import { placeOrder } from './place-order.js'

@Resolver(() => Order)
export class OrderResolver {
  @Query(() => OrderConnection, {
    description: 'Own orders, and those of organisations in which the viewer is owner or admin; newest first.',
  })
  @Authorized()
  async orders(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only those of one organisation.' }) organisationId?: string,
    @Arg('status', () => OrderStatus, { nullable: true, description: 'Only those in one state.' }) status?: OrderStatus,
  ): Promise<OrderPage> {
    const whose = await resolveListScope(services.db, signedIn, parseOptionalId('organisationId', organisationId))
    return listOrders(services, whose, selectedFields(info), page, status)
  }

  @Query(() => OrderConnection, {
    description: "Administrators: everybody's orders, newest first. With `status: PENDING`, what waits for approval.",
  })
  @Authorized(ADMINISTRATOR)
  allOrders(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('status', () => OrderStatus, { nullable: true, description: 'Only those in one state.' }) status?: OrderStatus,
  ): Promise<OrderPage> {
    return listOrders(services, 'everybody', selectedFields(info), page, status)
  }

  @Query(() => Order, { nullable: true, description: 'Null when there is no such order or the viewer may not see it.' })
  @Authorized()
  order(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the order.' }) id: string,
  ): Promise<OrderProjection | null> {
    return findOrder(services.db, signedIn, parseId('id', id))
  }

  @Mutation(() => PlaceOrderPayload, {
    description: 'Orders a plan. The order is pending until an administrator applies it, 7 days at most.',
  })
  @Authorized()
  async placeOrder(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => PlaceOrderInput, { description: 'What to order, and for whom.' }) input: PlaceOrderInput,
  ) {
    return { order: await placeOrder(services, signedIn, input) }
  }

  @FieldResolver(() => Money, { description: 'What is charged for it.' })
  amount(@Root() order: OrderProjection): MoneyAmount {
    return { minorUnits: order.amount, currency: order.currency }
  }

  @FieldResolver(() => String, { description: 'In words, derived from the items: "Pro, 1 month".' })
  async description(@Root() order: OrderProjection, @Ctx() context: RequestContext): Promise<string> {
    return describeItems(await context.loader(orderItemsLoader).load(order.id))
  }

  @FieldResolver(() => [OrderItem], { description: 'The positions of the order.' })
  async items(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    const items = await context.loader(orderItemsLoader).load(order.id)
    return items.map((item) => toOrderItem(item, order.currency))
  }

  @FieldResolver(() => Plan, { nullable: true, description: 'The plan as it is today; `purchasedPlan` is what was bought.' })
  plan(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    return order.planId === null ? null : loadPlan(context, order.planId)
  }

  @FieldResolver(() => PurchasedPlan, {
    nullable: true,
    description: 'What was bought, as it was at that moment. Null when the order is for no plan.',
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

  @FieldResolver(() => Buyer, { description: 'The person who placed it, or for whom it was granted.' })
  async buyer(@Root() order: OrderProjection, @Ctx() context: RequestContext): Promise<Buyer> {
    const user = await context.loader(userLoader).load(order.userId)
    return { userId: order.userId, name: user?.name ?? null, email: user?.email ?? null }
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation it is for; null when it is for the user.' })
  organisation(@Root() order: OrderProjection, @Ctx() context: RequestContext) {
    return order.organisationId === null ? null : context.loader(organisationLoader).load(order.organisationId)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Internal notes: null unless the viewer is an administrator. Never on an invoice.',
  })
  notes(@Root() order: OrderProjection, @Ctx() { user: viewer }: RequestContext): string | null {
    return isAdministrator(viewer) ? order.notes : null
  }

  @FieldResolver(() => DateTime, { description: 'When it was placed.' })
  date(@Root() order: OrderProjection): Date {
    return order.placedAt
  }
}

function toOrderItem({ description, quantity, unitPrice, amount }: OrderItemRecord, currency: string) {
  return { description, quantity, unitPrice: { minorUnits: unitPrice, currency }, amount: { minorUnits: amount, currency } }
}
