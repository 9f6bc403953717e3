import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import { OrderReason, OrderStatus } from '../../platform/postgres/generated/enums.js'
import { Limits } from '../catalog/index.js'

registerEnumType(OrderStatus, {
  name: 'OrderStatus',
  description: 'Where an order stands. PENDING can become any other; ACTIVE can end; CANCELLED and EXPIRED are final.',
  valuesConfig: {
    PENDING: { description: 'Placed and not yet approved; expires 7 days after it was placed.' },
    ACTIVE: { description: "Paid or granted: its plan is the holder's." },
    CANCELLED: { description: 'Ended by somebody, or replaced by another order.' },
    EXPIRED: { description: 'Ended by time.' },
  },
})

registerEnumType(OrderReason, {
  name: 'OrderReason',
  description: 'Why there is an order.',
  valuesConfig: {
    PURCHASE: { description: 'A customer placed it.' },
    GRANT: { description: 'An administrator applied a plan.' },
    RENEWAL: { description: 'A subscription went on for another period.' },
    PLAN_CHANGE: { description: 'A subscription moved to another plan.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'One position of an order.' })
export class OrderItem {
  @Field(() => String, { description: 'What it is: "Pro, 1 month".' })
  description: string

  @Field(() => Int, { description: 'How many.' })
  quantity: number

  @Field(() => Money, { description: 'Price of one.' })
  unitPrice: Money

  @Field(() => Money, { description: 'Quantity x unit price.' })
  amount: Money
}

@ObjectType({
  simpleResolvers: true,
  description: 'What an order remembers of its plan, as it was bought. A later change of the plan does not touch it.',
})
export class PurchasedPlan {
  @Field(() => String, { description: "The plan's name at that moment." })
  name: string

  @Field(() => Money, { nullable: true, description: "The plan's price at that moment; null was a custom price." })
  price: Money | null

  @Field(() => Limits, { description: 'The limits that were bought.' })
  limits: Limits

  @Field(() => JsonObject, { description: 'The feature flags that were bought.' })
  features: unknown
}

@ObjectType({ simpleResolvers: true, description: 'The person who placed an order, as other people may see them.' })
export class Buyer {
  @Field(() => ID, { description: "The panel's numeric id of the user." })
  userId: number

  @Field(() => String, { nullable: true, description: 'Name to show; null when the panel has not set one.' })
  name: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address; null when the panel has not set one.' })
  email: string | null
}

@ObjectType({ simpleResolvers: true, description: 'A purchase, a grant or a renewal: every charge is an order.' })
export class Order {
  @Field(() => ID, { description: 'Number of the order.' })
  id: number

  @Field(() => OrderStatus, { description: 'Where it stands.' })
  status: OrderStatus

  @Field(() => OrderReason, { description: 'Why it is there.' })
  reason: OrderReason

  @Field(() => ID, { nullable: true, description: 'The plan it is for, if it is for one.' })
  planId: number | null

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it ends by itself: a pending order after 7 days, an active one if a date was agreed.',
  })
  expiresAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When it was paid or granted.' })
  activatedAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When it was cancelled.' })
  cancelledAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of orders, newest first.' })
export class OrderConnection extends connectionOf(Order, 'Order', 'orders') {}

@InputType({ description: 'What to order, and for whom.' })
export class PlaceOrderInput {
  @Field(() => ID, { description: 'A plan from `plans` that has a price.' })
  planId: string

  @Field(() => ID, { nullable: true, description: 'Order for an organisation of which you are owner or admin; for yourself otherwise.' })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'A note for the administrators, who alone can read it; at most 2,000 characters.' })
  notes?: string | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What placeOrder answers.' })
export class PlaceOrderPayload {
  @Field(() => Order, { description: 'The new order: pending until an administrator applies its plan.' })
  order: Order
}
