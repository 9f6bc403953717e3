import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { encodeId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { OutboxEvent, WebhookDelivery as WebhookDeliveryRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listWebhookDeliveries, replayWebhookDeliveries, replayWebhookDelivery, sendTestEvent } from './deliveries.js'
import { DeliveryStatus } from './delivery.enums.js'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookEndpointSecret,
  updateWebhookEndpoint,
} from './endpoints.js'
import {
  CreateWebhookEndpointInput,
  CreateWebhookEndpointPayload,
  DeleteWebhookEndpointInput,
  DeleteWebhookEndpointPayload,
  ReplayWebhookDeliveriesInput,
  ReplayWebhookDeliveriesPayload,
  ReplayWebhookDeliveryInput,
  ReplayWebhookDeliveryPayload,
  RotateWebhookEndpointSecretInput,
  RotateWebhookEndpointSecretPayload,
  SendTestEventInput,
  SendTestEventPayload,
  UpdateWebhookEndpointInput,
  UpdateWebhookEndpointPayload,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookEndpointConnection,
  WebhookEvent,
} from './webhook.type.js'

@Resolver()
export class WebhookEndpointResolver {
  @Query(() => WebhookEndpointConnection, { description: 'The webhook endpoints, newest first. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  webhookEndpoints(@Ctx() { services }: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return listWebhookEndpoints(services, page)
  }

  @Mutation(() => CreateWebhookEndpointPayload, {
    description:
      'Creates a webhook endpoint. The secret is shown only in this response and in that of a retry with the same idempotency key. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  createWebhookEndpoint(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CreateWebhookEndpointInput, { description: 'The endpoint.' }) input: CreateWebhookEndpointInput,
  ) {
    return createWebhookEndpoint(services, requiredUser, input)
  }

  @Mutation(() => UpdateWebhookEndpointPayload, {
    description: 'Updates or pauses a webhook endpoint. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async updateWebhookEndpoint(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => UpdateWebhookEndpointInput, { description: 'The changes.' }) input: UpdateWebhookEndpointInput,
  ) {
    return { endpoint: await updateWebhookEndpoint(services, requiredUser, input) }
  }

  @Mutation(() => DeleteWebhookEndpointPayload, {
    description: 'Deletes a webhook endpoint and its pending deliveries. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async deleteWebhookEndpoint(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => DeleteWebhookEndpointInput, { description: 'The endpoint to delete.' }) input: DeleteWebhookEndpointInput,
  ) {
    return { endpoint: await deleteWebhookEndpoint(services, requiredUser, input) }
  }

  @Mutation(() => RotateWebhookEndpointSecretPayload, {
    description:
      'Creates a new secret. For a day, events in the standard format are also signed with the previous one; those in the Escluse format are signed with the new one at once. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  rotateWebhookEndpointSecret(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => RotateWebhookEndpointSecretInput, { description: 'The endpoint that gets a new secret.' })
    input: RotateWebhookEndpointSecretInput,
  ) {
    return rotateWebhookEndpointSecret(services, requiredUser, input)
  }
}

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @Query(() => WebhookDeliveryConnection, {
    description: 'The deliveries of events and their status. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  webhookDeliveries(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('endpointId', () => ID, { nullable: true, description: 'Filter by endpoint.' }) endpointId?: string,
    @Arg('status', () => DeliveryStatus, { nullable: true, description: 'Filter by status.' }) status?: DeliveryStatus,
    @Arg('resent', () => Boolean, {
      nullable: true,
      description: 'True: only deliveries whose event was sent to the endpoint again later. False: only others.',
    })
    resent?: boolean,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listWebhookDeliveries(services, { endpointId, status, resent }, page, orderBy)
  }

  @Mutation(() => ReplayWebhookDeliveryPayload, {
    description: 'Sends an event again, with the same `webhook-id`. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async replayWebhookDelivery(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ReplayWebhookDeliveryInput, { description: 'The delivery to repeat.' }) input: ReplayWebhookDeliveryInput,
  ) {
    return { delivery: await replayWebhookDelivery(services, requiredUser, input) }
  }

  @Mutation(() => ReplayWebhookDeliveriesPayload, {
    description: 'Sends the events since a time again, in order. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  replayWebhookDeliveries(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ReplayWebhookDeliveriesInput, { description: 'The deliveries to repeat.' }) input: ReplayWebhookDeliveriesInput,
  ) {
    return replayWebhookDeliveries(services, requiredUser, input)
  }

  @Mutation(() => SendTestEventPayload, {
    description: 'Sends the event `endpoint.test`, to check whether the endpoint accepts it. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async sendTestEvent(
    @Ctx() { services }: RequestContext,
    @Arg('input', () => SendTestEventInput, { description: 'The endpoint to test.' }) input: SendTestEventInput,
  ) {
    return { delivery: await sendTestEvent(services, input) }
  }

  @FieldResolver(() => ID, { description: 'Id of the delivery.' })
  id(@Root() delivery: WebhookDeliveryRecord): bigint {
    return delivery.id
  }

  @FieldResolver(() => ID, { description: 'Id of the endpoint.' })
  endpointId(@Root() delivery: WebhookDeliveryRecord): string {
    return encodeId('WebhookEndpoint', delivery.endpointId)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'Earliest time of the next attempt. It is later if an earlier event of the same customer is still pending. Null if there is none.',
  })
  nextAttemptAt(@Root() delivery: WebhookDeliveryRecord): Date | null {
    return delivery.status === 'PENDING' ? delivery.nextAttemptAt : null
  }
}

@Resolver(() => WebhookEvent)
export class WebhookEventResolver {
  @FieldResolver(() => String, {
    description: 'Subject of the event: `user:55` or `organisation:7`, the customer that it concerns; `endpoint:1` for a test event.',
  })
  subject(@Root() { holder }: OutboxEvent): string {
    return holder
  }
}
