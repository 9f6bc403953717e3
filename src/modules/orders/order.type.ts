import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import { Limits } from '../catalog/index.js'
import { CUSTOMER_ID_FILTER, SEARCH_RULE } from '../identity/index.js'
import { OrderReason, OrderStatus } from './order.enums.js'

registerEnumType(OrderStatus, {
  name: 'OrderStatus',
  description: 'Status of an order. PENDING can change to any other status, ACTIVE to CANCELLED or EXPIRED, which are final.',
  valuesConfig: {
    PENDING: { description: 'Placed and not yet approved. Expires 7 days after it was placed.' },
    ACTIVE: { description: "Paid or granted. Its plan is the customer's plan." },
    CANCELLED: { description: 'Cancelled, or superseded by another order.' },
    EXPIRED: { description: 'Reached its expiry date.' },
  },
})

registerEnumType(OrderReason, {
  name: 'OrderReason',
  description: 'Reason for an order.',
  valuesConfig: {
    PURCHASE: { description: 'A customer placed the order.' },
    GRANT: { description: 'An administrator applied a plan.' },
    RENEWAL: { description: 'A subscription was renewed for another period.' },
    PLAN_CHANGE: { description: 'A subscription changed to another plan.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A line item of an order.' })
export class OrderItem {
  @Field(() => Int, { description: 'Quantity.' })
  quantity: number

  @Field(() => Money, { description: 'Price of one unit.' })
  unitPrice: Money

  @Field(() => Money, { description: 'Quantity multiplied by the unit price.' })
  amount: Money
}

@ObjectType({
  simpleResolvers: true,
  description: 'Snapshot of the plan at the time of purchase. Later changes to the plan do not affect it.',
})
export class PurchasedPlan {
  @Field(() => String, { description: 'Name of the plan at the time of purchase.' })
  name: string

  @Field(() => Money, { nullable: true, description: 'Price of the plan at the time of purchase. Null if the plan had a custom price.' })
  price: Money | null

  @Field(() => Limits, { description: 'Limits of the plan at the time of purchase.' })
  limits: Limits

  @Field(() => JsonObject, { description: 'Feature flags of the plan at the time of purchase.' })
  features: unknown
}

@ObjectType({ simpleResolvers: true, description: 'The user who placed an order, with the fields that other users may see.' })
export class Buyer {
  @Field(() => ID, { description: 'Id of the user.' })
  userId: string

  @Field(() => String, { nullable: true, description: 'Display name. Null if the panel has not set one.' })
  name: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address. Null if the panel has not set one.' })
  email: string | null
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A purchase, grant, renewal or plan change. Every charge is an order.',
})
export class Order {
  @Field(() => ID, { description: 'Id of the order.' })
  id: bigint

  @Field(() => OrderStatus, { description: 'Current status.' })
  status: OrderStatus

  @Field(() => OrderReason, { description: 'Reason for the order.' })
  reason: OrderReason

  @Field(() => String, {
    nullable: true,
    description: 'Number of the purchase order, which replaces that of the billing details on the invoice. Null if none was stated.',
  })
  purchaseOrder: string | null

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the order expires: 7 days after it was placed while pending, or on the agreed end date while active.',
  })
  expiresAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When the order was paid or granted.' })
  activatedAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When the order was cancelled.' })
  cancelledAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of orders.' })
export class OrderConnection extends connectionOf(Order, 'Order', 'orders') {}

@InputType({ description: 'Which orders to list. An order matches every field that is set.' })
export class OrderFilter {
  @Field(() => [OrderStatus], { nullable: true, description: 'Orders with one of these statuses; at least one value.' })
  status?: OrderStatus[] | null

  @Field(() => [OrderReason], { nullable: true, description: 'Orders with one of these reasons; at least one value.' })
  reason?: OrderReason[] | null

  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => ID, { nullable: true, description: 'Orders of this plan.' })
  planId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Orders that were placed at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Orders that were placed before this time.' })
  to?: Date | null

  @Field(() => String, {
    nullable: true,
    description: `The complete number of the invoice, or text in the e-mail address or name of the customer. ${SEARCH_RULE}`,
  })
  search?: string | null
}

@InputType({ description: 'The plan to order, and the customer to order it for. Set exactly one of `plan` and `planId`.' })
export class PlaceOrderInput {
  @Field(() => String, { nullable: true, description: 'Slug of a plan from `plans` that has a fixed price, such as "pro", or its id.' })
  plan?: string | null

  @Field(() => ID, { nullable: true, description: 'Id of a plan from `plans` that has a fixed price.' })
  planId?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'An organisation where you are an owner or admin. Defaults to yourself.',
  })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Note that only administrators can read. At most 2,000 characters.' })
  notes?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Number of your purchase order, printed on the invoice of this order; at most 100 characters. Defaults to that of the billing details, which invoices of later periods show.',
  })
  purchaseOrder?: string | null

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Places the order although the customer has a paid subscription. When it is approved, it replaces the plan, and the unused share of what was paid goes to the balance.',
  })
  replace?: boolean | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of placeOrder.' })
export class PlaceOrderPayload {
  @Field(() => Order, { description: 'The new order. It is pending until an administrator approves it.' })
  order: Order
}
