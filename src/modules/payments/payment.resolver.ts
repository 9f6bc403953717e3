import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { Url } from '../../core/scalars.js'
import type { WebhookEvent as WebhookEventRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { PlanSubscription } from '../subscriptions/index.js'
import { changePlan } from './change-plan.js'
import { createCheckout } from './create-checkout.js'
import { WebhookEventStatus } from './inbound-webhooks/webhook-event.enums.js'
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
import { previewPlanChange } from './plan-change-preview.js'

const ORGANISATION_ARGUMENT = { nullable: true, description: 'Id of an organisation whose owner or admin you are; by default yourself.' }
const PLAN_ARGUMENT = { description: 'Id of a plan with the same interval and currency.' }
const WHEN_ARGUMENT = {
  nullable: true,
  description: 'When the change takes effect; by default NOW for an upgrade and PERIOD_END for a downgrade.',
}
type ChangeTimeName = keyof typeof ChangeTimeEnum

@Resolver()
export class PaymentResolver {
  @Mutation(() => CreateCheckoutPayload, { description: 'Creates a payment page at the payment provider.' })
  @Authorized()
  async createCheckout(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CreateCheckoutInput, { description: 'The plan, and the pages to return to.' }) input: CreateCheckoutInput,
  ): Promise<CreateCheckoutPayload> {
    return { checkoutUrl: await createCheckout(services, principal, input) }
  }

  @Query(() => ChangePlanPreview, { description: 'Effect of a plan change at this moment, calculated by the same code as `changePlan`.' })
  @Authorized()
  changePlanPreview(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('planId', () => ID, PLAN_ARGUMENT) planId: string,
    @Arg('when', () => ChangeTimeEnum, WHEN_ARGUMENT) when?: ChangeTimeName,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ): Promise<ChangePlanPreview> {
    return previewPlanChange(services, principal, { planId, when, organisationId })
  }

  @Mutation(() => ChangePlanPayload, { description: 'Changes the plan of a paid subscription.' })
  @Authorized()
  async changePlan(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('planId', () => ID, PLAN_ARGUMENT) planId: string,
    @Arg('when', () => ChangeTimeEnum, WHEN_ARGUMENT) when?: ChangeTimeName,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    const { preview, subscription } = await changePlan(services, principal, { planId, when, organisationId })
    return { change: preview, subscription }
  }

  @Mutation(() => PlanSubscription, {
    description: 'Cancels the subscription at the end of its period, or immediately (EXPIRED) when a payment is overdue.',
  })
  @Authorized()
  cancelSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return cancelSubscription(services, principal, organisationId)
  }

  @Mutation(() => PlanSubscription, { description: 'Resumes a cancelled subscription that has not ended yet.' })
  @Authorized()
  resumeSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return resumeSubscription(services, principal, organisationId)
  }

  @Query(() => Url, {
    nullable: true,
    description: "The payment provider's page for changing the card; null when there is none.",
  })
  @Authorized()
  customerPortalUrl(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return customerPortalUrl(services, principal, organisationId)
  }

  @Query(() => WebhookEventConnection, {
    description: 'Administrators only. Events received from the payment provider and from Escluse, newest first.',
  })
  @Authorized(ADMINISTRATOR)
  webhookEvents(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => WebhookEventStatus, { nullable: true, description: 'Returns only events with this status.' })
    status?: WebhookEventStatus,
  ) {
    return listWebhookEvents(services.db, page, status)
  }

  @Mutation(() => WebhookEvent, { description: 'Administrators only. Processes an event again; effects that it has had are not repeated.' })
  @Authorized(ADMINISTRATOR)
  replayWebhookEvent(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('id', () => ID, { description: 'Id of the event.' }) id: string,
  ) {
    return replayWebhookEvent(services, principal, parseId('id', id, 'WebhookEvent'))
  }
}

@Resolver(() => WebhookEvent)
export class WebhookEventResolver {
  @FieldResolver(() => ID, { description: 'Id of the event.' })
  id(@Root() event: WebhookEventRecord): bigint {
    return event.id
  }
}
