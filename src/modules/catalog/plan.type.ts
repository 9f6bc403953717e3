import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { defineFields } from '../../core/define-fields.js'
import { CurrencyCode, DateTime, JsonObject, MinorUnits } from '../../core/scalars.js'
import { LIMIT_NOTE, type LimitValues, mapLimits } from '../limited-resources.rules.js'
import { BillingInterval, PlanType } from './plan.enums.js'

@ObjectType({ simpleResolvers: true, description: 'Resource limits of a plan or of a customer. Null means unlimited, 0 means none.' })
export class Limits {}

const LIMIT_FIELDS = mapLimits(({ description }) => ({ type: () => Int, nullable: true, description: `${description} ${LIMIT_NOTE}` }))
defineFields(Limits, LIMIT_FIELDS)

@ObjectType({
  simpleResolvers: true,
  description: 'A tier of the catalog: price, interval, limits and features.',
})
export class Plan extends Limits {
  @Field(() => ID, { description: 'Id of the plan.' })
  id: number

  @Field(() => String, { description: 'Name of the plan in checkouts and webhooks: "pro".' })
  slug: string

  @Field(() => String, { description: 'Display name.' })
  name: string

  @Field(() => PlanType, { description: 'Portal tier that the plan grants.' })
  type: PlanType

  @Field(() => BillingInterval, { description: 'Billing interval.' })
  interval: BillingInterval

  @Field(() => CurrencyCode, { description: 'Currency of the price, also if the price is custom.' })
  currency: string

  @Field(() => Int, { description: 'Rank of the plan. A change to a plan with a higher rank is an upgrade, whatever the prices are.' })
  rank: number

  @Field(() => JsonObject, { description: 'Custom feature flags, such as {"modpacks": true}.' })
  features: unknown

  @Field(() => Boolean, { description: 'Whether the plan is omitted from `plans`. Administrators can still grant it.' })
  hiddenFromBilling: boolean

  @Field(() => Boolean, { description: 'Whether it is the default plan, which applies to customers without another plan.' })
  isDefault: boolean

  @Field(() => DateTime, { nullable: true, description: 'When the plan was archived. Existing subscribers keep it.' })
  archivedAt: Date | null
}

@InputType()
class LimitsInput {
  @Field(() => JsonObject, { nullable: true, description: 'Custom feature flags, at most 10,000 characters of JSON.' })
  features?: unknown

  @Field(() => String, {
    nullable: true,
    description: 'Id of the plan at the payment provider. For Lemon Squeezy the variant id, "123456".',
  })
  providerVariantId?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Whether the plan is omitted from `plans`.' })
  hiddenFromBilling?: boolean | null

  @Field(() => Int, { nullable: true, description: 'Rank of the plan. A change to a plan with a higher rank is an upgrade.' })
  rank?: number | null
}
defineFields(LimitsInput, LIMIT_FIELDS)

@InputType({ description: 'A new plan.' })
export class CreatePlanInput extends LimitsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Lower-case letters, digits and hyphens, at most 60 characters; must be unique. Derived from the name if omitted.',
  })
  slug?: string | null

  @Field(() => String, { description: 'Display name, at most 100 characters.' })
  name: string

  @Field(() => PlanType, { description: 'Portal tier that the plan grants.' })
  type: PlanType

  @Field(() => MinorUnits, { nullable: true, description: 'Price of one billing interval in minor units; null means a custom price.' })
  price?: bigint | null

  @Field(() => CurrencyCode, { nullable: true, description: 'Currency of the price; defaults to BILLING_CURRENCY.' })
  currency?: string | null

  @Field(() => BillingInterval, { nullable: true, description: 'Billing interval; defaults to MONTH.' })
  interval?: BillingInterval | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Makes it the default plan, which applies to customers without another plan. It must be FREE and cost 0.',
  })
  isDefault?: boolean | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

export type NewPlan = CreatePlanInput & Partial<LimitValues>

@InputType({ description: 'Fields to update; omitted fields are unchanged. Existing subscribers keep the limits they bought.' })
export class UpdatePlanInput extends LimitsInput {
  @Field(() => ID, { description: 'Id of the plan.' })
  id: string

  @Field(() => String, { nullable: true, description: 'Display name, at most 100 characters.' })
  name?: string | null

  @Field(() => PlanType, {
    nullable: true,
    description: 'Portal tier that the plan grants. Existing subscribers get it with their next plan change or with `reapplyPlan`.',
  })
  type?: PlanType | null

  @Field(() => MinorUnits, { nullable: true, description: 'Price of one billing interval in minor units; null makes it a custom price.' })
  price?: bigint | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Makes it the default plan, which applies to customers without another plan. It must be FREE and cost 0.',
  })
  isDefault?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'The result of createPlan, updatePlan and archivePlan.' })
export class PlanPayload {
  @Field(() => Plan, { description: 'The plan in its current state.' })
  plan: Plan
}
