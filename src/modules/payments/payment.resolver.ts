import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { Url } from '../../core/scalars.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { ProviderEvent as ProviderEventRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { changePlan } from './change-plan.js'
import { createCheckout } from './create-checkout.js'
import { ProviderEventStatus } from './inbound-webhooks/provider-event.enums.js'
import { listProviderEvents, replayProviderEvent } from './inbound-webhooks/provider-event.queries.js'
import { cancelSubscription, customerPortalUrl, resumeSubscription } from './manage-subscription.js'
import {
  CancelSubscriptionInput,
  CancelSubscriptionPayload,
  ChangePlanInput,
  ChangePlanPayload,
  ChangePlanPreview,
  ChangeTimeEnum,
  CreateCheckoutInput,
  CreateCheckoutPayload,
  ORGANISATION_DESCRIPTION,
  ProviderEvent,
  ProviderEventConnection,
  ReplayProviderEventInput,
  ReplayProviderEventPayload,
  ResumeSubscriptionInput,
  ResumeSubscriptionPayload,
  RevokePlanChangeInput,
  RevokePlanChangePayload,
} from './payment.type.js'
import { previewPlanChange } from './plan-change-preview.js'
import { revokePlanChange } from './revoke-plan-change.js'

const ORGANISATION_ARGUMENT = { nullable: true, description: ORGANISATION_DESCRIPTION }
const OPTIONAL_CUSTOMER = { nullable: true, description: 'The customer. Defaults to yourself.' }
const PLAN_ARGUMENT = { description: 'Id of a plan with the same currency.' }
const WHEN_ARGUMENT = {
  nullable: true,
  description: 'When the change takes effect; by default NOW for an upgrade and PERIOD_END for a downgrade.',
}
type ChangeTimeName = keyof typeof ChangeTimeEnum

@Resolver()
export class PaymentResolver {
  @Mutation(() => CreateCheckoutPayload, { description: 'Creates a payment page at the payment provider. Requires a signed-in user.' })
  @Authorized()
  async createCheckout(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CreateCheckoutInput, { description: 'The plan, and the pages to return to.' }) input: CreateCheckoutInput,
  ): Promise<CreateCheckoutPayload> {
    return { checkoutUrl: await createCheckout(services, principal, input) }
  }

  @Query(() => ChangePlanPreview, {
    nullable: true,
    description: 'Effect of a plan change at this moment, calculated by the same code as `changePlan`. Requires a signed-in user.',
  })
  @Authorized()
  changePlanPreview(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('planId', () => ID, PLAN_ARGUMENT) planId: string,
    @Arg('when', () => ChangeTimeEnum, WHEN_ARGUMENT) when?: ChangeTimeName,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ): Promise<ChangePlanPreview> {
    return previewPlanChange(services, principal, { planId, when, organisationId, path: '' })
  }

  @Mutation(() => ChangePlanPayload, { description: 'Changes the plan of a paid subscription. Requires a signed-in user.' })
  @Authorized()
  async changePlan(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ChangePlanInput, { description: 'The plan to change to.' }) input: ChangePlanInput,
  ) {
    const { preview, subscription, order } = await changePlan(services, principal, input)
    return { change: preview, subscription, order }
  }

  @Mutation(() => RevokePlanChangePayload, {
    description:
      'Revokes the plan change that `changePlan` has scheduled for the end of the period, so that the subscription keeps its plan. INVALID_TRANSITION if none is scheduled, or if it has been applied meanwhile. Requires a signed-in user.',
  })
  @Authorized()
  async revokePlanChange(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RevokePlanChangeInput, OPTIONAL_CUSTOMER) input?: RevokePlanChangeInput,
  ) {
    return { subscription: await revokePlanChange(services, principal, input) }
  }

  @Mutation(() => CancelSubscriptionPayload, {
    description:
      'Cancels the subscription at the end of its period, or immediately (EXPIRED) if a payment is overdue or an invoice of the period is unpaid; see `PlanSubscription.cancellationEndsAt`. With a reason, it is an extraordinary cancellation. Requires a signed-in user.',
  })
  @Authorized()
  async cancelSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CancelSubscriptionInput, OPTIONAL_CUSTOMER) input?: CancelSubscriptionInput,
  ) {
    const receivedAt = services.clock.now()
    return { subscription: await cancelSubscription(services, principal, input), receivedAt }
  }

  @Mutation(() => ResumeSubscriptionPayload, {
    description: 'Resumes a cancelled subscription that has not ended yet. Requires a signed-in user.',
  })
  @Authorized()
  async resumeSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ResumeSubscriptionInput, OPTIONAL_CUSTOMER) input?: ResumeSubscriptionInput,
  ) {
    return { subscription: await resumeSubscription(services, principal, input) }
  }

  @Query(() => Url, {
    nullable: true,
    description: "The payment provider's page for changing the card; null when there is none. Requires a signed-in user.",
  })
  @Authorized()
  customerPortalUrl(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ARGUMENT) organisationId?: string,
  ) {
    return customerPortalUrl(services, principal, organisationId)
  }

  @Query(() => ProviderEventConnection, {
    description: 'Events received from the payment provider and from Escluse. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  providerEvents(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => ProviderEventStatus, { nullable: true, description: 'Only events with this status.' })
    status?: ProviderEventStatus,
    @Arg('subject', () => String, { nullable: true, description: 'Only events about this subject, as `ProviderEvent.subject` has it.' })
    subject?: string,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listProviderEvents(services.db, { status, subject }, page, orderBy)
  }

  @Mutation(() => ReplayProviderEventPayload, {
    description: 'Processes an event again; effects that have already been recorded are not repeated. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async replayProviderEvent(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ReplayProviderEventInput, { description: 'The event to process again.' }) input: ReplayProviderEventInput,
  ) {
    return { event: await replayProviderEvent(services, principal, input) }
  }
}

@Resolver(() => ProviderEvent)
export class ProviderEventResolver {
  @FieldResolver(() => ID, { description: 'Id of the event.' })
  id(@Root() event: ProviderEventRecord): bigint {
    return event.id
  }
}
