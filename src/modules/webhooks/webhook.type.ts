import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject, Url } from '../../core/scalars.js'
import { DeliveryStatus } from '../../platform/postgres/generated/enums.js'

const TYPES =
  '`order.placed`, `order.expired`, `plan.applied`, `plan.cancelled`, `plan.expired`, `subscription.updated`, `payment.received`, `invoice.issued`, `refund.issued`, `limits.changed`'

registerEnumType(DeliveryStatus, {
  name: 'DeliveryStatus',
  description: 'What has become of an event on its way to an endpoint.',
  valuesConfig: {
    PENDING: { description: 'Waits for its turn, or for the next attempt.' },
    DELIVERED: { description: 'Has arrived: it was answered with 2xx.' },
    FAILED: { description: 'Given up after three days of attempts; it can be replayed.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'Where events are sent to, signed after Standard Webhooks.' })
export class EventEndpoint {
  @Field(() => ID, { description: 'Number of the endpoint.' })
  id: number

  @Field(() => Url, { description: 'Its address.' })
  url: string

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description: string | null

  @Field(() => [String], { description: `What it is told of: ${TYPES}. Empty for all.` })
  types: string[]

  @Field(() => Boolean, {
    description: 'While false nothing is sent; what happens is kept for it, for 30 days. An answer of 410 makes it false.',
  })
  isEnabled: boolean

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt: Date

  @Field(() => DateTime, { description: 'When it was last changed.' })
  updatedAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'A page of endpoints.' })
export class EventEndpointConnection extends connectionOf(EventEndpoint, 'EventEndpoint', 'endpoints') {}

@InputType({ description: 'A new endpoint. In production only public https addresses, and hosts of EVENT_PRIVATE_HOSTS.' })
export class CreateEventEndpointInput {
  @Field(() => String, { description: 'Its address.' })
  url: string

  @Field(() => String, { nullable: true, description: 'What it is for, at most 500 characters.' })
  description?: string | null

  @Field(() => [String], { nullable: true, description: `What it is told of: ${TYPES}. All unless given.` })
  types?: string[] | null
}

@InputType({ description: 'Changes to an endpoint; what is left out stays.' })
export class UpdateEventEndpointInput {
  @Field(() => ID, { description: 'The endpoint.' })
  id: string

  @Field(() => String, { nullable: true, description: 'Its address.' })
  url?: string | null

  @Field(() => String, { nullable: true, description: 'What it is for, at most 500 characters.' })
  description?: string | null

  @Field(() => [String], { nullable: true, description: `What it is told of: ${TYPES}. Empty for all.` })
  types?: string[] | null

  @Field(() => Boolean, { nullable: true, description: 'Whether events are sent; they are kept meanwhile.' })
  isEnabled?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'An endpoint with the secret by which its receiver checks signatures.' })
export class EventEndpointWithSecret {
  @Field(() => EventEndpoint, { description: 'The endpoint.' })
  endpoint: EventEndpoint

  @Field(() => String, { description: 'The secret, as the libraries of Standard Webhooks take it: `whsec_…`. It is shown this once.' })
  secret: string
}

@ObjectType({ simpleResolvers: true, description: 'Something that happened.' })
export class OutgoingEvent {
  @Field(() => ID, { description: 'The `webhook-id` of every attempt: a receiver that has had it needs it no more.' })
  eventId: string

  @Field(() => String, { description: 'What happened: `plan.applied`.' })
  type: string

  @Field(() => String, { description: 'Whom it is about: `user:55`, `organisation:7`.' })
  holder: string

  @Field(() => JsonObject, { description: 'The facts.' })
  payload: unknown

  @Field(() => DateTime, { description: 'When it happened.' })
  createdAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'An event on its way to an endpoint.' })
export class EventDelivery {
  @Field(() => ID, { description: 'The endpoint.' })
  endpointId: number

  @Field(() => OutgoingEvent, { description: 'The event.' })
  event: OutgoingEvent

  @Field(() => DeliveryStatus, { description: 'What has become of it.' })
  status: DeliveryStatus

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts: number

  @Field(() => DateTime, { description: 'When it was asked for: with the event, or by a replay.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was last tried.' })
  attemptedAt: Date | null

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the last answer; null when there was none.' })
  responseStatus: number | null

  @Field(() => String, { nullable: true, description: 'The beginning of the last answer, or why there was none.' })
  response: string | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of deliveries.' })
export class EventDeliveryConnection extends connectionOf(EventDelivery, 'EventDelivery', 'deliveries') {}
