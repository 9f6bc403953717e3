import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { encodeId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import type { EventDelivery as EventDeliveryRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listEventDeliveries, replayEventDelivery, replayEvents, sendTestEvent } from './deliveries.js'
import { DeliveryStatus } from './delivery.enums.js'
import {
  createEventEndpoint,
  deleteEventEndpoint,
  listEventEndpoints,
  rotateEventEndpointSecret,
  updateEventEndpoint,
} from './endpoints.js'
import {
  CreateEventEndpointInput,
  EventDelivery,
  EventDeliveryConnection,
  EventEndpoint,
  EventEndpointConnection,
  EventEndpointWithSecret,
  UpdateEventEndpointInput,
} from './webhook.type.js'

const ENDPOINT = { description: 'Id of the endpoint.' } as const

@Resolver()
export class EventEndpointResolver {
  @Query(() => EventEndpointConnection, { description: 'Administrators: the webhook endpoints, newest first.' })
  @Authorized(ADMINISTRATOR)
  eventEndpoints(@Ctx() { services }: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return listEventEndpoints(services, page)
  }

  @Mutation(() => EventEndpointWithSecret, {
    description: 'Administrators: creates a webhook endpoint. The secret is shown only in this response.',
  })
  @Authorized(ADMINISTRATOR)
  createEventEndpoint(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CreateEventEndpointInput, { description: 'The endpoint.' }) input: CreateEventEndpointInput,
  ) {
    return createEventEndpoint(services, requiredUser, input)
  }

  @Mutation(() => EventEndpoint, { description: 'Administrators: updates or pauses a webhook endpoint.' })
  @Authorized(ADMINISTRATOR)
  updateEventEndpoint(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => UpdateEventEndpointInput, { description: 'The changes.' }) input: UpdateEventEndpointInput,
  ) {
    return updateEventEndpoint(services, requiredUser, input)
  }

  @Mutation(() => EventEndpoint, { description: 'Administrators: deletes a webhook endpoint and its pending deliveries.' })
  @Authorized(ADMINISTRATOR)
  deleteEventEndpoint(@Ctx() { services, requiredUser }: RequestContext, @Arg('id', () => ID, ENDPOINT) id: string) {
    return deleteEventEndpoint(services, requiredUser, id)
  }

  @Mutation(() => EventEndpointWithSecret, {
    description: 'Administrators: creates a new secret. For a day, events are also signed with the previous one.',
  })
  @Authorized(ADMINISTRATOR)
  rotateEventEndpointSecret(@Ctx() { services, requiredUser }: RequestContext, @Arg('id', () => ID, ENDPOINT) id: string) {
    return rotateEventEndpointSecret(services, requiredUser, id)
  }
}

@Resolver(() => EventDelivery)
export class EventDeliveryResolver {
  @Query(() => EventDeliveryConnection, { description: 'Administrators: the deliveries of events and their status, newest first.' })
  @Authorized(ADMINISTRATOR)
  eventDeliveries(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('endpointId', () => ID, { nullable: true, description: 'Filter by endpoint.' }) endpointId?: string,
    @Arg('status', () => DeliveryStatus, { nullable: true, description: 'Filter by status.' }) status?: DeliveryStatus,
  ) {
    return listEventDeliveries(services, { endpointId, status }, page)
  }

  @Mutation(() => EventDelivery, { description: 'Administrators: sends an event again, with the same `webhook-id`.' })
  @Authorized(ADMINISTRATOR)
  replayEventDelivery(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('id', () => ID, { description: 'Id of the delivery.' }) id: string,
  ) {
    return replayEventDelivery(services, requiredUser, id)
  }

  @Mutation(() => Int, { description: 'Administrators: sends the events since a time again, in order. Returns the number of events.' })
  @Authorized(ADMINISTRATOR)
  replayEvents(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('endpointId', () => ID, ENDPOINT) endpointId: string,
    @Arg('since', () => DateTime, { description: 'Send events from this time on. Events are stored for 30 days.' }) since: Date,
    @Arg('failedOnly', () => Boolean, {
      defaultValue: true,
      description: 'Send only events that could not be delivered; otherwise all events that the endpoint subscribes to.',
    })
    failedOnly: boolean,
  ) {
    return replayEvents(services, requiredUser, { endpointId, since, failedOnly })
  }

  @Mutation(() => EventDelivery, {
    description: 'Administrators: sends the event `endpoint.test`, to check whether the endpoint accepts it.',
  })
  @Authorized(ADMINISTRATOR)
  sendTestEvent(@Ctx() { services }: RequestContext, @Arg('endpointId', () => ID, ENDPOINT) endpointId: string) {
    return sendTestEvent(services, endpointId)
  }

  @FieldResolver(() => ID, { description: 'Id of the delivery.' })
  id(@Root() delivery: EventDeliveryRecord): bigint {
    return delivery.id
  }

  @FieldResolver(() => ID, { description: 'Id of the endpoint.' })
  endpointId(@Root() delivery: EventDeliveryRecord): string {
    return encodeId('EventEndpoint', delivery.endpointId)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'Earliest time of the next attempt. It is later if an earlier event of the same customer is still pending. Null if there is none.',
  })
  nextAttemptAt(@Root() delivery: EventDeliveryRecord): Date | null {
    return delivery.status === 'PENDING' ? delivery.nextAttemptAt : null
  }
}
