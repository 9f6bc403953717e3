import { type FieldOptions, Int } from 'type-graphql'
import { z } from 'zod'
import { line, MAX_INT, multilineText, optional } from '../../core/input.js'
import { MoneyInput } from '../../core/money.type.js'
import { mapRecord } from '../../core/record.js'
import { CurrencyCode, JsonObject, MinorUnits } from '../../core/scalars.js'
import type { Plan as PlanRecord } from '../../platform/postgres/generated/client.js'
import { LIMIT_NOTE, mapLimits } from '../limited-resources.rules.js'
import { BillingInterval, PlanType } from './plan.enums.js'

// The declaration of the fields of a plan. CONTRIBUTING.md describes how to add one.

const MAX_FEATURES_LENGTH = 10_000

const nameSchema = line(100)
const typeSchema = z.enum(PlanType)
const limitSchema = z
  .number('must be a whole number')
  .int('must be a whole number')
  .min(0, 'must be 0 or more; null means unlimited')
  .max(MAX_INT)
const featuresSchema = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= MAX_FEATURES_LENGTH, `must be at most ${MAX_FEATURES_LENGTH} characters of JSON`)
  .refine((value) => !JSON.stringify(value).includes('\\u0000'), 'must not contain the character U+0000')

interface PlanField {
  /** Validates the field of a new plan, in GraphQL and in imports. A required field does not accept undefined. */
  readonly schema: z.ZodType
  /** The GraphQL type; `createType` if it differs in CreatePlanInput. */
  readonly type: () => object
  readonly createType?: () => object
  /** The description in inputs; `update` if it differs in UpdatePlanInput. */
  readonly input: string
  readonly update?: string
  /** The field of Plan; null if Plan does not have it, or has a resolver for it. */
  readonly output: Pick<FieldOptions, 'description' | 'nullable'> | null
}

/** The columns that no input sets. */
type InternalColumn = 'id' | 'archivedAt' | 'createdAt' | 'updatedAt'

export type PlanFieldName = Exclude<keyof PlanRecord, InternalColumn>

export const LIMIT_FIELDS = mapLimits(({ description }) => {
  const text = `${description} ${LIMIT_NOTE}`
  return { schema: limitSchema.nullish(), type: () => Int, input: text, output: { description: text, nullable: true } }
})

const PLAN_FIELD_TABLE = {
  ...LIMIT_FIELDS,
  slug: {
    schema: z
      .string()
      .max(60)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens, such as "pro-yearly"')
      .nullish(),
    type: () => String,
    input: 'Lower-case letters, digits and hyphens, at most 60 characters; must be unique. Derived from the name if omitted.',
    output: { description: 'Name of the plan in checkouts and webhooks: "pro".' },
  },
  name: {
    schema: nameSchema,
    type: () => String,
    input: 'Display name, at most 100 characters.',
    output: { description: 'Display name.' },
  },
  description: {
    schema: multilineText(1000).nullish(),
    type: () => String,
    input: 'Text for the page of plans, at most 1,000 characters.',
    update: 'Text for the page of plans, at most 1,000 characters; null removes it.',
    output: { description: 'Text for the page of plans. May have several lines. Null if there is none.', nullable: true },
  },
  type: {
    schema: typeSchema,
    type: () => PlanType,
    input: 'Portal tier that the plan grants.',
    update: 'Portal tier that the plan grants. Existing subscribers get it with their next plan change or with `reapplyPlan`.',
    output: { description: 'Portal tier that the plan grants.' },
  },
  price: {
    schema: z.bigint().min(0n, 'must be 0 or more').nullish(),
    type: () => MinorUnits,
    createType: () => MoneyInput,
    input: 'Price of one billing interval; null means a custom price.',
    update: "Price of one billing interval in minor units of the plan's currency; null makes it a custom price.",
    output: null,
  },
  currency: {
    schema: z.string().nullish(),
    type: () => CurrencyCode,
    input: 'Currency of a plan with a custom price; defaults to BILLING_CURRENCY. With a price, its currency applies.',
    output: { description: 'Currency of the price, also if the price is custom.' },
  },
  interval: {
    schema: z.enum(BillingInterval).nullish(),
    type: () => BillingInterval,
    input: 'Billing interval; defaults to MONTH.',
    output: { description: 'Billing interval.' },
  },
  rank: {
    schema: optional(z.number().int()),
    type: () => Int,
    input: 'Rank of the plan. A change to a plan with a higher rank is an upgrade.',
    output: { description: 'Rank of the plan. A change to a plan with a higher rank is an upgrade, whatever the prices are.' },
  },
  features: {
    schema: optional(featuresSchema),
    type: () => JsonObject,
    input: 'Custom feature flags, at most 10,000 characters of JSON.',
    output: { description: 'Custom feature flags, such as {"modpacks": true}.' },
  },
  hiddenFromBilling: {
    schema: optional(z.boolean()),
    type: () => Boolean,
    input: 'Whether the plan is omitted from `plans`.',
    output: { description: 'Whether the plan is omitted from `plans`. Administrators can still grant it.' },
  },
  isDefault: {
    schema: optional(z.boolean()),
    type: () => Boolean,
    input: 'Makes it the default plan, which applies to customers without another plan. It must be FREE and cost 0.',
    output: { description: 'Whether it is the default plan, which applies to customers without another plan.' },
  },
  providerVariantId: {
    // The payment provider decides which ids are valid.
    schema: z.string().nullish(),
    type: () => String,
    input: 'Id of the plan at the payment provider. For Lemon Squeezy the variant id, "123456".',
    output: null,
  },
} satisfies Record<PlanFieldName, PlanField>

export const PLAN_FIELDS: Readonly<Record<PlanFieldName, PlanField>> = PLAN_FIELD_TABLE

type PlanSchemas = { [Name in keyof typeof PLAN_FIELD_TABLE]: (typeof PLAN_FIELD_TABLE)[Name]['schema'] }

export const newPlanSchema = z.object(mapRecord(PLAN_FIELDS, ({ schema }) => schema) as PlanSchemas)

/** The slug, the currency and the interval of a plan never change. */
export const planChangesSchema = newPlanSchema
  .omit({ slug: true, currency: true, interval: true })
  .extend({ name: optional(nameSchema), type: optional(typeSchema) })
