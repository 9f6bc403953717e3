import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import type { EventDelivery as EventDeliveryRecord } from '../../platform/postgres/generated/client.js'
import { DeliveryStatus } from '../../platform/postgres/generated/enums.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listEventDeliveries, replayEventDelivery, replayEvents, sendTestEvent } from './deliveries.js'
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

const ENDPOINT = { description: 'Number of the endpoint.' } as const

@Resolver()
export class EventEndpointResolver {
  @Query(() => EventEndpointConnection, { description: 'Administrators: where events are sent to, newest first.' })
  @Authorized(ADMINISTRATOR)
  eventEndpoints(@Ctx() { services }: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return listEventEndpoints(services, page)
  }

  @Mutation(() => EventEndpointWithSecret, {
    description: 'Administrators: sends events to an address from now on. The secret is shown this once.',
  })
  @Authorized(ADMINISTRATOR)
  createEventEndpoint(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CreateEventEndpointInput, { description: 'The endpoint.' }) input: CreateEventEndpointInput,
  ) {
    return createEventEndpoint(services, signedIn, input)
  }

  @Mutation(() => EventEndpoint, { description: 'Administrators: changes an endpoint, or pauses it.' })
  @Authorized(ADMINISTRATOR)
  updateEventEndpoint(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => UpdateEventEndpointInput, { description: 'The changes.' }) input: UpdateEventEndpointInput,
  ) {
    return updateEventEndpoint(services, signedIn, input)
  }

  @Mutation(() => EventEndpoint, { description: 'Administrators: sends nothing there any more, and forgets what waits for it.' })
  @Authorized(ADMINISTRATOR)
  deleteEventEndpoint(@Ctx() { services, requiredUser: signedIn }: RequestContext, @Arg('id', () => ID, ENDPOINT) id: string) {
    return deleteEventEndpoint(services, signedIn, id)
  }

  @Mutation(() => EventEndpointWithSecret, {
    description: 'Administrators: makes a new secret; for a day, events are signed with the old one as well.',
  })
  @Authorized(ADMINISTRATOR)
  rotateEventEndpointSecret(@Ctx() { services, requiredUser: signedIn }: RequestContext, @Arg('id', () => ID, ENDPOINT) id: string) {
    return rotateEventEndpointSecret(services, signedIn, id)
  }
}

@Resolver(() => EventDelivery)
export class EventDeliveryResolver {
  @Query(() => EventDeliveryConnection, { description: 'Administrators: what was sent, and what became of it, newest first.' })
  @Authorized(ADMINISTRATOR)
  eventDeliveries(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('endpointId', () => ID, { nullable: true, description: 'Only to this endpoint.' }) endpointId?: string,
    @Arg('status', () => DeliveryStatus, { nullable: true, description: 'Only those of which this has become.' }) status?: DeliveryStatus,
  ) {
    return listEventDeliveries(services, { endpointId, status }, page)
  }

  @Mutation(() => EventDelivery, { description: 'Administrators: sends an event once more, under the same `webhook-id`.' })
  @Authorized(ADMINISTRATOR)
  replayEventDelivery(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the delivery.' }) id: string,
  ) {
    return replayEventDelivery(services, signedIn, id)
  }

  @Mutation(() => Int, { description: 'Administrators: sends the events since a time once more, in their order. Answers how many.' })
  @Authorized(ADMINISTRATOR)
  replayEvents(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('endpointId', () => ID, ENDPOINT) endpointId: string,
    @Arg('since', () => DateTime, { description: 'Events from this time on; they are kept for 30 days.' }) since: Date,
    @Arg('failedOnly', () => Boolean, {
      defaultValue: true,
      description: 'Only those that were given up; otherwise all that the endpoint wants.',
    })
    failedOnly: boolean,
  ) {
    return replayEvents(services, signedIn, { endpointId, since, failedOnly })
  }

  @Mutation(() => EventDelivery, { description: 'Administrators: sends the event `endpoint.test`, to see whether it arrives.' })
  @Authorized(ADMINISTRATOR)
  sendTestEvent(@Ctx() { services }: RequestContext, @Arg('endpointId', () => ID, ENDPOINT) endpointId: string) {
    return sendTestEvent(services, endpointId)
  }

  @FieldResolver(() => ID, { description: 'Number of the delivery.' })
  id(@Root() delivery: EventDeliveryRecord): string {
    return String(delivery.id)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When it is tried next, or later where an earlier event of the same user or organisation has not arrived yet; null when it is not.',
  })
  nextAttemptAt(@Root() delivery: EventDeliveryRecord): Date | null {
    return delivery.status === 'PENDING' ? delivery.nextAttemptAt : null
  }
}
