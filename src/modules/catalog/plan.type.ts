import { Field, ID, InputType, ObjectType } from 'type-graphql'
import type { z } from 'zod'
import { defineFields } from '../../core/define-fields.js'
import type { MoneyInput } from '../../core/money.type.js'
import { Node } from '../../core/node.type.js'
import { mapRecord } from '../../core/record.js'
import { DateTime } from '../../core/scalars.js'
import { LIMIT_NOTE } from '../limited-resources.rules.js'
import { LIMIT_FIELDS, type newPlanSchema, PLAN_FIELDS, planChangesSchema } from './plan-fields.type.js'

// The classes declare only their own fields. The shared ones come from the table in plan-fields.type.ts.

@ObjectType({ simpleResolvers: true, description: `Resource limits of a plan or of a customer. ${LIMIT_NOTE}` })
export class Limits {}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A tier of the catalog: price, interval, limits and features.' })
export class Plan {
  @Field(() => ID, { description: 'Id of the plan.' })
  id: bigint

  @Field(() => DateTime, { nullable: true, description: 'When the plan was archived. Existing subscribers keep it.' })
  archivedAt: Date | null
}

@InputType({ description: 'A new plan.' })
export class CreatePlanInput {
  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@InputType({ description: 'Fields to update; omitted fields are unchanged. Existing subscribers keep the limits they bought.' })
export class UpdatePlanInput {
  @Field(() => ID, { description: 'Id of the plan.' })
  id: string
}

export type NewPlan = z.input<typeof newPlanSchema> & CreatePlanInput
/** A new plan as the public API describes it: the price names its currency. */
export type PricedPlan = Omit<NewPlan, 'price'> & { price?: MoneyInput | null }
export type PlanChanges = z.input<typeof planChangesSchema> & UpdatePlanInput

@InputType({ description: 'The plan to archive.' })
export class ArchivePlanInput {
  @Field(() => ID, { description: 'Id of the plan.' })
  planId: string
}

@ObjectType()
class WithPlan {
  @Field(() => Plan, { description: 'The plan in its current state.' })
  plan: Plan
}

@ObjectType({ simpleResolvers: true, description: 'Result of createPlan.' })
export class CreatePlanPayload extends WithPlan {}

@ObjectType({ simpleResolvers: true, description: 'Result of updatePlan.' })
export class UpdatePlanPayload extends WithPlan {}

@ObjectType({ simpleResolvers: true, description: 'Result of archivePlan.' })
export class ArchivePlanPayload extends WithPlan {}

defineFields(
  Limits,
  mapRecord(LIMIT_FIELDS, ({ type, output }) => ({ type, ...output })),
)
defineFields(
  Plan,
  mapRecord(PLAN_FIELDS, ({ type, output }) => output && { type, ...output }),
)
defineFields(
  CreatePlanInput,
  mapRecord(PLAN_FIELDS, ({ type, createType = type, input, schema }) => ({
    type: createType,
    description: input,
    nullable: schema.isOptional(),
  })),
)
defineFields(
  UpdatePlanInput,
  mapRecord(PLAN_FIELDS, ({ type, input, update = input }, name) =>
    name in planChangesSchema.shape ? { type, description: update, nullable: true } : null,
  ),
)
