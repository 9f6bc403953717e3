import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject, Url } from '../../core/scalars.js'
import { DeliveryStatus } from './delivery.enums.js'

const EVENT_TYPES_NOTE =
  '`order.placed`, `order.expired`, `plan.applied`, `plan.cancelled`, `plan.expired`, `subscription.updated`, `payment.received`, `invoice.issued`, `refund.issued`, `limits.changed`'

registerEnumType(DeliveryStatus, {
  name: 'DeliveryStatus',
  description: 'Status of the delivery of an event.',
  valuesConfig: {
    PENDING: { description: 'Waits for an earlier event of the same customer, or for the next attempt.' },
    DELIVERED: { description: 'The endpoint responded with 2xx.' },
    FAILED: { description: 'Not delivered after three days of attempts; can be replayed.' },
  },
})

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A URL that receives events, signed according to Standard Webhooks.' })
export class EventEndpoint {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  id: bigint

  @Field(() => Url, { description: 'URL of the endpoint.' })
  url: string

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint.' })
  description: string | null

  @Field(() => [String], { description: `Types of events that it subscribes to: ${EVENT_TYPES_NOTE}. Empty for all.` })
  types: string[]

  @Field(() => Boolean, {
    description: 'Whether events are sent. While false, they are stored for 30 days. A 410 response sets it to false.',
  })
  isEnabled: boolean

  @Field(() => DateTime, { description: 'When the endpoint was created.' })
  createdAt: Date

  @Field(() => DateTime, { description: 'When the endpoint was last changed.' })
  updatedAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'A page of endpoints.' })
export class EventEndpointConnection extends connectionOf(EventEndpoint, 'EventEndpoint', 'endpoints') {}

@InputType({
  description: 'A new endpoint. In production the URL must be a public https URL, or its host must be in WEBHOOK_PRIVATE_HOSTS.',
})
export class CreateEventEndpointInput {
  @Field(() => String, { description: 'URL of the endpoint.' })
  url: string

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint, at most 500 characters.' })
  description?: string | null

  @Field(() => [String], { nullable: true, description: `Types of events to subscribe to: ${EVENT_TYPES_NOTE}. Defaults to all.` })
  types?: string[] | null
}

@InputType({ description: 'Fields to update; omitted fields are unchanged.' })
export class UpdateEventEndpointInput {
  @Field(() => ID, { description: 'The endpoint.' })
  id: string

  @Field(() => String, { nullable: true, description: 'URL of the endpoint.' })
  url?: string | null

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint, at most 500 characters.' })
  description?: string | null

  @Field(() => [String], { nullable: true, description: `Types of events that it subscribes to: ${EVENT_TYPES_NOTE}. Empty for all.` })
  types?: string[] | null

  @Field(() => Boolean, { nullable: true, description: 'Whether events are sent. While false, they are stored.' })
  isEnabled?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'An endpoint with the secret for verifying signatures.' })
export class EventEndpointWithSecret {
  @Field(() => EventEndpoint, { description: 'The endpoint.' })
  endpoint: EventEndpoint

  @Field(() => String, {
    description: 'The secret in the format of the Standard Webhooks libraries: `whsec_…`. It is shown only in this response.',
  })
  secret: string
}

@ObjectType({ simpleResolvers: true, description: 'An event.' })
export class OutgoingEvent {
  @Field(() => ID, { description: 'Sent as `webhook-id` with every attempt. Receivers use it to ignore duplicates.' })
  eventId: string

  @Field(() => String, { description: 'Type of the event: `plan.applied`.' })
  type: string

  @Field(() => String, { name: 'holder', description: 'The customer that the event concerns: `user:55`, `organisation:7`.' })
  customer: string

  @Field(() => JsonObject, { description: 'Data of the event.' })
  payload: unknown

  @Field(() => DateTime, { description: 'When the event occurred.' })
  createdAt: Date
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'The delivery of an event to an endpoint.' })
export class EventDelivery {
  @Field(() => OutgoingEvent, { description: 'The event.' })
  event: OutgoingEvent

  @Field(() => DeliveryStatus, { description: 'Status of the delivery.' })
  status: DeliveryStatus

  @Field(() => Int, { description: 'Number of attempts so far.' })
  attempts: number

  @Field(() => DateTime, { description: 'When the delivery was created: with the event, or by a replay.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'Time of the last attempt.' })
  attemptedAt: Date | null

  @Field(() => Int, { nullable: true, description: 'HTTP status of the last response; null if the endpoint did not respond.' })
  responseStatus: number | null

  @Field(() => String, { nullable: true, description: 'The beginning of the last response, or why the endpoint did not respond.' })
  response: string | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of deliveries.' })
export class EventDeliveryConnection extends connectionOf(EventDelivery, 'EventDelivery', 'deliveries') {}
