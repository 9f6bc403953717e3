import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId } from '../../core/input.js'
import { PageArguments } from '../../core/page.type.js'
import { Url } from '../../core/scalars.js'
import type { WebhookEvent as WebhookEventRecord } from '../../platform/postgres/generated/client.js'
import { WebhookEventStatus } from '../../platform/postgres/generated/enums.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { Subscription } from '../subscriptions/index.js'
import { changePlan, previewPlanChange } from './change-plan.js'
import { createCheckout } from './create-checkout.js'
import { listWebhookEvents, replayWebhookEvent } from './inbound-webhooks/webhook-event.queries.js'
import { cancelSubscription, customerPortalUrl, resumeSubscription } from './manage-subscription.js'
import {
  ChangePlanPayload,
  ChangePlanPreview,
  ChangeTimeEnum,
  CreateCheckoutInput,
  CreateCheckoutPayload,
  WebhookEvent,
  WebhookEventConnection,
} from './payment.type.js'

const ORGANISATION_ARGUMENT = { nullable: true, description: 'An organisation of which you are owner or admin; yourself otherwise.' }
const PLAN_ARGUMENT = { description: 'A plan of the same interval and currency.' }
const WHEN_ARGUMENT = { nullable: true, description: 'Now for an upgrade, with the next period for a downgrade, unless given.' }
type ChangeTimeName = keyof typeof ChangeTimeEnum

@Resolver()
export class PaymentResolver {
  @Mutation(() => CreateCheckoutPayload, { description: 'A page of the payment provider on which to pay for a plan.' })
  @Authorized()
  async createCheckout(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CreateCheckoutInput, { description: 'Which plan, and where to go afterwards.' }) input: CreateCheckoutInput,
  ): Promise<CreateCheckoutPayload> {
    return { checkoutUrl: await createCheckout(services, signedIn, input) }
  }

  @Query(() => ChangePlanPreview, { description: 'What a change of plan would do at this moment: made by the same code as the change.' })
  @Authorized()
  changePlanPreview(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('planId', () => ID, PLAN_ARGUMENT) planId: string,
    @Arg('when', () => ChangeTimeEnum, WHEN_ARGUMENT) when?: ChangeTimeName,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ): Promise<ChangePlanPreview> {
    return previewPlanChange(services, signedIn, { planId, when, organisationId })
  }

  @Mutation(() => ChangePlanPayload, { description: 'Changes the plan of a paid subscription.' })
  @Authorized()
  async changePlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('planId', () => ID, PLAN_ARGUMENT) planId: string,
    @Arg('when', () => ChangeTimeEnum, WHEN_ARGUMENT) when?: ChangeTimeName,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    const { preview, subscription } = await changePlan(services, signedIn, { planId, when, organisationId })
    return { change: preview, subscription }
  }

  @Mutation(() => Subscription, {
    description: 'Cancels the subscription at the end of its period; at once, as EXPIRED, while a payment for it is overdue.',
  })
  @Authorized()
  cancelSubscription(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return cancelSubscription(services, signedIn, organisationId)
  }

  @Mutation(() => Subscription, { description: 'Goes on with a cancelled subscription that has not ended yet.' })
  @Authorized()
  resumeSubscription(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return resumeSubscription(services, signedIn, organisationId)
  }

  @Query(() => Url, {
    nullable: true,
    description: "The payment provider's page on which to change the card; null where there is none.",
  })
  @Authorized()
  customerPortalUrl(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return customerPortalUrl(services, signedIn, organisationId)
  }

  @Query(() => WebhookEventConnection, { description: 'Administrators: the events of the payment provider and of Escluse, newest first.' })
  @Authorized(ADMINISTRATOR)
  webhookEvents(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => WebhookEventStatus, { nullable: true, description: 'Only those of which this has become.' })
    status?: WebhookEventStatus,
  ) {
    return listWebhookEvents(services.db, page, status)
  }

  @Mutation(() => WebhookEvent, { description: 'Administrators: processes an event again. What it has done already is not done twice.' })
  @Authorized(ADMINISTRATOR)
  replayWebhookEvent(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the event.' }) id: string,
  ) {
    return replayWebhookEvent(services, signedIn, parseId('id', id))
  }
}

@Resolver(() => WebhookEvent)
export class WebhookEventResolver {
  @FieldResolver(() => ID, { description: 'Number of the event.' })
  id(@Root() event: WebhookEventRecord): string {
    return String(event.id)
  }
}
