import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject, Url } from '../../core/scalars.js'
import { DeliveryStatus } from './delivery.enums.js'
import { EventType } from './event-type.enums.js'
import { WebhookFormat } from './webhook-format.enums.js'

registerEnumType(EventType, {
  name: 'EventType',
  description: 'Type of an event. The body of the event contains it in the form `order.placed`.',
  valuesConfig: {
    ORDER_PLACED: { description: 'A customer has placed an order.' },
    ORDER_EXPIRED: { description: 'A pending order has expired.' },
    PLAN_APPLIED: { description: 'A plan was applied to a customer.' },
    PLAN_CANCELLED: { description: 'The plan of a customer was cancelled before its end.' },
    PLAN_EXPIRED: { description: 'The plan of a customer has expired.' },
    SUBSCRIPTION_UPDATED: { description: 'The status, plan or period of a subscription has changed.' },
    SUBSCRIPTION_SUSPENDED: {
      description: 'A subscription gives no access any more: an invoice is overdue, or an administrator suspended it.',
    },
    SUBSCRIPTION_RESUMED: { description: 'A suspended subscription gives access again.' },
    SUBSCRIPTION_TERMINATED: { description: 'A subscription ended because its invoice was not paid.' },
    RENEWAL_UPCOMING: { description: 'The invoice of the next period was issued.' },
    PRICE_CHANGING: { description: 'A renewal will have another price, in PRICE_NOTICE_DAYS.' },
    PAYMENT_RECEIVED: { description: 'A payment was recorded.' },
    PAYMENT_FAILED: { description: 'The payment provider could not charge a renewal.' },
    INVOICE_DUE: { description: 'Reminder of an open invoice, on a day of REMINDER_DAYS until its due date.' },
    INVOICE_OVERDUE: { description: 'Reminder of an open invoice, on a day of REMINDER_DAYS after its due date.' },
    PAYMENT_REPORTED: { description: 'A customer has reported a payment by hand, which awaits a decision.' },
    PAYMENT_REJECTED: { description: 'A reported payment was rejected.' },
    INVOICE_ISSUED: { description: 'An invoice or a payment statement was issued.' },
    REFUND_ISSUED: { description: 'A refund was recorded, and its credit note was issued.' },
    LIMITS_CHANGED: { description: 'The entitlement of a customer has changed.' },
    VAT_ID_CHECKED: { description: 'The VAT id of a customer was checked, with another result than before.' },
    ENDPOINT_TEST: { description: 'Sent by `sendTestEvent`. Endpoints cannot subscribe to it.' },
  },
})

registerEnumType(WebhookFormat, {
  name: 'WebhookFormat',
  description: 'Format in which an endpoint receives events.',
  valuesConfig: {
    STANDARD: { description: 'Standard Webhooks: `{type, timestamp, data}`, signed in `webhook-signature`.' },
    ESCLUSE: {
      description:
        'The format of Escluse: `{event, data}` with the events `subscription_created`, `subscription_updated`, `subscription_canceled` and `refund_processed`. `X-Signature` is the hex HMAC-SHA256 of the body with the secret.',
    },
  },
})

registerEnumType(DeliveryStatus, {
  name: 'DeliveryStatus',
  description: 'Status of the delivery of an event.',
  valuesConfig: {
    PENDING: { description: 'Waits for an earlier event of the same customer, or for the next attempt.' },
    DELIVERED: { description: 'The endpoint responded with 2xx.' },
    FAILED: { description: 'Not delivered after three days of attempts; can be replayed.' },
  },
})

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A URL that receives signed events.' })
export class WebhookEndpoint {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  id: bigint

  @Field(() => Url, { description: 'URL of the endpoint.' })
  url: string

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint.' })
  description: string | null

  @Field(() => [EventType], { description: 'Types of events that it subscribes to. Empty for all.' })
  types: EventType[]

  @Field(() => WebhookFormat, { description: 'Format of the events that it receives.' })
  format: WebhookFormat

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
export class WebhookEndpointConnection extends connectionOf(WebhookEndpoint, 'WebhookEndpoint', 'endpoints') {}

@InputType({
  description: 'A new endpoint. In production the URL must be a public https URL, or its host must be in WEBHOOK_PRIVATE_HOSTS.',
})
export class CreateWebhookEndpointInput {
  @Field(() => Url, { description: 'URL of the endpoint.' })
  url: string

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint, at most 500 characters.' })
  description?: string | null

  @Field(() => [EventType], { nullable: true, description: 'Types of events to subscribe to. Defaults to all that the format has.' })
  types?: EventType[] | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null

  @Field(() => WebhookFormat, {
    nullable: true,
    description:
      'Format of the events; defaults to STANDARD. ESCLUSE has events for PLAN_APPLIED, SUBSCRIPTION_UPDATED, PLAN_CANCELLED, PLAN_EXPIRED and REFUND_ISSUED.',
  })
  format?: WebhookFormat | null
}

@InputType({ description: 'Fields to update; omitted fields are unchanged.' })
export class UpdateWebhookEndpointInput {
  @Field(() => ID, { description: 'The endpoint.' })
  id: string

  @Field(() => Url, { nullable: true, description: 'URL of the endpoint.' })
  url?: string | null

  @Field(() => String, { nullable: true, description: 'Purpose of the endpoint, at most 500 characters; null removes it.' })
  description?: string | null

  @Field(() => [EventType], { nullable: true, description: 'Types of events that it subscribes to. Empty for all that the format has.' })
  types?: EventType[] | null

  @Field(() => WebhookFormat, {
    nullable: true,
    description: 'Format of the events. With ESCLUSE, pending events that this format does not have are deleted.',
  })
  format?: WebhookFormat | null

  @Field(() => Boolean, { nullable: true, description: 'Whether events are sent. While false, they are stored.' })
  isEnabled?: boolean | null
}

@InputType({ description: 'The endpoint to delete.' })
export class DeleteWebhookEndpointInput {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  endpointId: string
}

@InputType({ description: 'The endpoint that gets a new secret.' })
export class RotateWebhookEndpointSecretInput {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  endpointId: string
}

@ObjectType()
class WithEndpoint {
  @Field(() => WebhookEndpoint, { description: 'The endpoint.' })
  endpoint: WebhookEndpoint
}

const SECRET_DESCRIPTION =
  'The secret in the format of the Standard Webhooks libraries: `whsec_…`. In the Escluse format, this text is the key of the HMAC.'

@ObjectType({ simpleResolvers: true, description: 'Result of createWebhookEndpoint.' })
export class CreateWebhookEndpointPayload extends WithEndpoint {
  @Field(() => String, {
    nullable: true,
    description: `${SECRET_DESCRIPTION} It is shown only in this response and in that of a retry with the same idempotency key. Null for a retry a day later or after the secret was rotated.`,
  })
  secret: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of updateWebhookEndpoint.' })
export class UpdateWebhookEndpointPayload extends WithEndpoint {}

@ObjectType({ simpleResolvers: true, description: 'Result of deleteWebhookEndpoint.' })
export class DeleteWebhookEndpointPayload extends WithEndpoint {}

@ObjectType({ simpleResolvers: true, description: 'Result of rotateWebhookEndpointSecret.' })
export class RotateWebhookEndpointSecretPayload extends WithEndpoint {
  @Field(() => String, { description: `${SECRET_DESCRIPTION} It is shown only in this response.` })
  secret: string
}

@ObjectType({ simpleResolvers: true, description: 'An event that is sent to webhook endpoints.' })
export class WebhookEvent {
  @Field(() => ID, { description: 'Sent as `webhook-id` with every attempt. Receivers use it to ignore duplicates.' })
  eventId: string

  @Field(() => EventType, { description: 'Type of the event.' })
  type: EventType

  @Field(() => JsonObject, { description: 'Data of the event.' })
  payload: unknown

  @Field(() => DateTime, { description: 'When the event occurred.' })
  createdAt: Date
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'The delivery of an event to an endpoint.' })
export class WebhookDelivery {
  @Field(() => WebhookEvent, { description: 'The event.' })
  event: WebhookEvent

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
export class WebhookDeliveryConnection extends connectionOf(WebhookDelivery, 'WebhookDelivery', 'deliveries') {}

@InputType({ description: 'The endpoint to test.' })
export class SendTestEventInput {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  endpointId: string
}

@InputType({ description: 'The delivery to repeat.' })
export class ReplayWebhookDeliveryInput {
  @Field(() => ID, { description: 'Id of the delivery.' })
  deliveryId: string
}

@InputType({ description: 'The deliveries to repeat.' })
export class ReplayWebhookDeliveriesInput {
  @Field(() => ID, { description: 'Id of the endpoint.' })
  endpointId: string

  @Field(() => DateTime, { description: 'Send events from this time on. Events are stored for 30 days.' })
  since: Date

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Send only events that could not be delivered; otherwise all events that the endpoint subscribes to.',
  })
  failedOnly: boolean
}

@ObjectType()
class WithDelivery {
  @Field(() => WebhookDelivery, { description: 'The new delivery.' })
  delivery: WebhookDelivery
}

@ObjectType({ simpleResolvers: true, description: 'Result of sendTestEvent.' })
export class SendTestEventPayload extends WithDelivery {}

@ObjectType({ simpleResolvers: true, description: 'Result of replayWebhookDelivery.' })
export class ReplayWebhookDeliveryPayload extends WithDelivery {}

@ObjectType({ simpleResolvers: true, description: 'Result of replayWebhookDeliveries.' })
export class ReplayWebhookDeliveriesPayload {
  @Field(() => Int, { description: 'Number of events that are sent again.' })
  count: number

  @Field(() => [WebhookDelivery], { description: 'The new deliveries in their order; the first 100 if there are more.' })
  deliveries: WebhookDelivery[]
}
