import { type GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId, parseOptionalId } from '../../core/input.js'
import type { Money as Amount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { askedFields } from '../../core/selected-fields.js'
import type { OrderItem as OrderItemRecord } from '../../platform/postgres/generated/client.js'
import { OrderStatus } from '../../platform/postgres/generated/enums.js'
import { Plan, parseLimits, planOf } from '../catalog/index.js'
import { ADMINISTRATOR, type Context, isAdministrator, listedFor, Organisation, organisationLoader, userLoader } from '../identity/index.js'
import { boughtLoader, orderItemsLoader } from './order.loader.js'
import { findOrder, listOrders, type OrderPage } from './order.queries.js'
import { describe } from './order.rules.js'
import { Buyer, Order, OrderConnection, OrderItem, PlaceOrderInput, PlaceOrderPayload, PurchasedPlan } from './order.type.js'
import type { ShownOrder } from './order-projection.js'
import { placeOrder } from './place-order.js'

@Resolver(() => Order)
export class OrderResolver {
  @Query(() => OrderConnection, {
    description: 'Own orders, and those of organisations in which the viewer is owner or admin; newest first.',
  })
  @Authorized()
  async orders(
    @Ctx() { services, signedIn }: Context,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only those of one organisation.' }) organisationId?: string,
    @Arg('status', () => OrderStatus, { nullable: true, description: 'Only those in one state.' }) status?: OrderStatus,
  ): Promise<OrderPage> {
    const whose = await listedFor(services.db, signedIn, parseOptionalId('organisationId', organisationId))
    return listOrders(services, whose, askedFields(info), page, status)
  }

  @Query(() => OrderConnection, {
    description: "Administrators: everybody's orders, newest first. With `status: PENDING`, what waits for approval.",
  })
  @Authorized(ADMINISTRATOR)
  allOrders(
    @Ctx() { services }: Context,
    @Args(() => PageArguments) page: PageArguments,
    @Info() info: GraphQLResolveInfo,
    @Arg('status', () => OrderStatus, { nullable: true, description: 'Only those in one state.' }) status?: OrderStatus,
  ): Promise<OrderPage> {
    return listOrders(services, 'everybody', askedFields(info), page, status)
  }

  @Query(() => Order, { nullable: true, description: 'Null when there is no such order or the viewer may not see it.' })
  @Authorized()
  order(
    @Ctx() { services, signedIn }: Context,
    @Arg('id', () => ID, { description: 'Number of the order.' }) id: string,
  ): Promise<ShownOrder | null> {
    return findOrder(services.db, signedIn, parseId('id', id))
  }

  @Mutation(() => PlaceOrderPayload, {
    description: 'Orders a plan. The order is pending until an administrator applies it, 7 days at most.',
  })
  @Authorized()
  async placeOrder(
    @Ctx() { services, signedIn }: Context,
    @Arg('input', () => PlaceOrderInput, { description: 'What to order, and for whom.' }) input: PlaceOrderInput,
  ) {
    return { order: await placeOrder(services, signedIn, input) }
  }

  @FieldResolver(() => Money, { description: 'What is charged for it.' })
  amount(@Root() order: ShownOrder): Amount {
    return { minorUnits: order.amount, currency: order.currency }
  }

  @FieldResolver(() => String, { description: 'In words, derived from the items: "Pro, 1 month".' })
  async description(@Root() order: ShownOrder, @Ctx() context: Context): Promise<string> {
    return describe(await context.loader(orderItemsLoader).load(order.id))
  }

  @FieldResolver(() => [OrderItem], { description: 'The positions of the order.' })
  async items(@Root() order: ShownOrder, @Ctx() context: Context) {
    const items = await context.loader(orderItemsLoader).load(order.id)
    return items.map((item) => presentItem(item, order.currency))
  }

  @FieldResolver(() => Plan, { nullable: true, description: 'The plan as it is today; `purchasedPlan` is what was bought.' })
  plan(@Root() order: ShownOrder, @Ctx() context: Context) {
    return order.planId === null ? null : planOf(context, order.planId)
  }

  @FieldResolver(() => PurchasedPlan, {
    nullable: true,
    description: 'What was bought, as it was at that moment. Null when the order is for no plan.',
  })
  async purchasedPlan(@Root() order: ShownOrder, @Ctx() context: Context) {
    if (order.planName === null) return null
    const [snapshot, plan] = await Promise.all([
      context.loader(boughtLoader).load(order.id),
      order.planId === null ? null : planOf(context, order.planId),
    ])
    const price = order.planPrice === null ? null : { minorUnits: order.planPrice, currency: order.currency }
    const limits = parseLimits(snapshot?.planLimits, plan ?? undefined)
    return { name: order.planName, price, limits, features: snapshot?.planFeatures }
  }

  @FieldResolver(() => Buyer, { description: 'The person who placed it, or for whom it was granted.' })
  async buyer(@Root() order: ShownOrder, @Ctx() context: Context): Promise<Buyer> {
    const user = await context.loader(userLoader).load(order.userId)
    return { userId: order.userId, name: user?.name ?? null, email: user?.email ?? null }
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation it is for; null when it is for the user.' })
  organisation(@Root() order: ShownOrder, @Ctx() context: Context) {
    return order.organisationId === null ? null : context.loader(organisationLoader).load(order.organisationId)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Internal notes: null unless the viewer is an administrator. Never on an invoice.',
  })
  notes(@Root() order: ShownOrder, @Ctx() { viewer }: Context): string | null {
    return isAdministrator(viewer) ? order.notes : null
  }

  @FieldResolver(() => DateTime, { description: 'When it was placed.' })
  date(@Root() order: ShownOrder): Date {
    return order.placedAt
  }
}

function presentItem({ description, quantity, unitPrice, amount }: OrderItemRecord, currency: string) {
  return { description, quantity, unitPrice: { minorUnits: unitPrice, currency }, amount: { minorUnits: amount, currency } }
}
