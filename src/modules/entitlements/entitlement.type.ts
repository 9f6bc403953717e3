import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { defineFields } from '../../core/define-fields.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { mapRecord } from '../../core/record.js'
import { DateTime } from '../../core/scalars.js'
import { LimitedResource } from '../limited-resources.enums.js'
import { CONSUMABLE_RESOURCES, RESOURCES, type Resource, SERVER_FIELDS } from '../limited-resources.rules.js'

/** The second sentence of the description of a resource, after that of its limit. */
const SCOPE_NOTES: Readonly<Record<Resource['scope'], string>> = {
  CUSTOMER: 'Recorded by `recordUsage` until released by `releaseUsage`.',
  DAY: 'Recorded by `recordUsage`. The count resets at midnight UTC.',
  ALL_SERVERS: 'Claimed by `claimServer`.',
  SERVER: 'Usage is the highest count of any server.',
}
const CONSUMABLE_NAMES = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(CONSUMABLE_RESOURCES)

registerEnumType(LimitedResource, {
  name: 'LimitedResource',
  description: 'A resource that plans limit.',
  valuesConfig: mapRecord(RESOURCES, ({ description, scope }) => ({ description: `${description} ${SCOPE_NOTES[scope]}` })),
})

@ObjectType({ simpleResolvers: true, description: 'Usage and limit of a resource.' })
export class ResourceUsage {
  @Field(() => LimitedResource, { description: 'The resource.' })
  resource: LimitedResource

  @Field(() => Int, { description: 'Current usage.' })
  used: number

  @Field(() => Int, { nullable: true, description: 'Effective limit. Null is unlimited, 0 is none.' })
  limit: number | null

  @Field(() => Int, { nullable: true, description: 'Limit minus usage, at least 0. Null is unlimited.' })
  remaining: number | null

  @Field(() => Boolean, {
    description: 'Whether usage exceeds the limit, for example after a change to a smaller plan. Existing resources keep running.',
  })
  overLimit: boolean
}

@ObjectType()
class WithUsage {
  /** Not a GraphQL field. Reads the usage only when `usage` is selected. */
  readUsage: () => Promise<ResourceUsage[]>

  @Field(() => [ResourceUsage], {
    description: 'Usage and limits of the customer for all resources. Empty if nothing was counted or released.',
  })
  usage(): Promise<ResourceUsage[]> {
    return this.readUsage()
  }
}

@InputType({ description: 'A server to claim or to resize. Omitted values are 0.' })
export class ClaimServerInput {
  @Field(() => String, {
    description: 'Your id of the server: one line of at most 255 characters. Claiming the same id again updates that server.',
  })
  externalId: string

  @Field(() => ID, { description: 'The owner of the server, or the member who runs it for the organisation.' })
  userId: string

  @Field(() => ID, { nullable: true, description: "Counts against the organisation's limits. The user must be one of its members." })
  organisationId?: string | null
}

defineFields(
  ClaimServerInput,
  mapRecord(SERVER_FIELDS, ({ description, isRequired }) => ({ type: () => Int, description, nullable: !isRequired })),
)

@ObjectType({ simpleResolvers: true, description: 'A server that counts against the limits of a customer.' })
export class ServerClaim {
  @Field(() => String, { description: 'Id of the server in the panel.' })
  externalId: string

  @Field(() => DateTime, { description: 'When the server was first claimed.' })
  createdAt: Date
}

defineFields(
  ServerClaim,
  mapRecord(SERVER_FIELDS, ({ description }) => ({ type: () => Int, description })),
)

@ObjectType({ simpleResolvers: true, description: 'A page of servers, newest first.' })
export class ServerClaimConnection extends connectionOf(ServerClaim, 'ServerClaim', 'servers') {}

@ObjectType({ simpleResolvers: true, description: 'Result of claimServer.' })
export class ClaimServerPayload extends WithUsage {
  @Field(() => ServerClaim, { description: 'The server as it is counted now.' })
  claim: ServerClaim
}

@InputType({ description: 'The server to release.' })
export class ReleaseServerInput {
  @Field(() => String, { description: 'Id of the server in the panel.' })
  externalId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of releaseServer.' })
export class ReleaseServerPayload extends WithUsage {
  @Field(() => Boolean, { description: 'False if the server was not claimed, for example because it was released before.' })
  released: boolean
}

@InputType({ description: 'Usage to record.' })
export class RecordUsageInput {
  @Field(() => ID, { description: 'Id of the user.' })
  userId: string

  @Field(() => ID, { nullable: true, description: "Counts against the organisation's limits. The user must be one of its members." })
  organisationId?: string | null

  @Field(() => LimitedResource, { description: `The resource: ${CONSUMABLE_NAMES}.` })
  resource: LimitedResource

  @Field(() => Int, { description: 'Amount, at least 1.' })
  amount: number

  @Field(() => String, {
    description:
      'Key of the usage, at most 255 characters. `releaseUsage` takes the same key. Retries are safe: each key is counted once. For a resource that counts until it is released, another amount under the same key replaces the previous one. For a resource that is counted per day, another amount is a conflict, and a key is stored for at least one day.',
  })
  key: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of recordUsage.' })
export class RecordUsagePayload extends WithUsage {
  @Field(() => Boolean, { description: 'Always true. A refusal is an error.' })
  success: boolean
}

@InputType({ description: 'Usage to release.' })
export class ReleaseUsageInput {
  @Field(() => ID, { description: 'The user for whom the usage was recorded.' })
  userId: string

  @Field(() => ID, { nullable: true, description: 'The organisation for which the usage was recorded.' })
  organisationId?: string | null

  @Field(() => LimitedResource, { description: `The resource: ${CONSUMABLE_NAMES}.` })
  resource: LimitedResource

  @Field(() => String, { description: 'The key under which the usage was recorded.' })
  key: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of releaseUsage.' })
export class ReleaseUsagePayload extends WithUsage {
  @Field(() => Boolean, { description: 'False if no usage is recorded under this key.' })
  released: boolean
}

@InputType({
  description: 'A limit override. Specify either a user or an organisation, and exactly one of `percent`, `value` and `unlimited`.',
})
export class SetLimitOverrideInput {
  @Field(() => ID, { nullable: true, description: 'The user to change the limits of.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'The organisation to change the limits of.' })
  organisationId?: string | null

  @Field(() => LimitedResource, { nullable: true, description: 'The resource. Without it, `percent` applies to all resources.' })
  resource?: LimitedResource | null

  @Field(() => Int, {
    nullable: true,
    description:
      "Increases the plan's limit by this percentage: 50 turns 8192 MB into 12288 MB. Several percentages are added up, and the result is rounded down.",
  })
  percent?: number | null

  @Field(() => Int, {
    nullable: true,
    description: "Replaces the plan's limit. Percentages do not change it, and the latest value applies.",
  })
  value?: number | null

  @Field(() => Boolean, { nullable: true, description: "Removes the plan's limit." })
  unlimited?: boolean | null

  @Field(() => String, { description: 'Reason, shown to administrators. At most 500 characters.' })
  reason: string

  @Field(() => DateTime, { nullable: true, description: 'When the override expires. Defaults to never.' })
  endsAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "An administrator's adjustment to the limits of a user or an organisation.",
})
export class LimitOverride {
  @Field(() => ID, { description: 'Id of the override.' })
  id: bigint

  @Field(() => LimitedResource, { nullable: true, description: 'The resource. Null if the percentage applies to all resources.' })
  resource: LimitedResource | null

  @Field(() => Int, { nullable: true, description: "Increase of the plan's limit in percent." })
  percent: number | null

  @Field(() => Int, {
    nullable: true,
    description: "Value that replaces the plan's limit. Unlimited if both `value` and `percent` are null.",
  })
  value: number | null

  @Field(() => String, { description: 'Reason for the override.' })
  reason: string

  @Field(() => DateTime, { description: 'When the override was created and took effect.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When the override expires. Null if it does not expire.' })
  endsAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When an administrator removed the override.' })
  removedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of overrides.' })
export class LimitOverrideConnection extends connectionOf(LimitOverride, 'LimitOverride', 'overrides') {}

@ObjectType()
class WithLimitOverride {
  @Field(() => LimitOverride, { description: 'The override as it is now.' })
  override: LimitOverride
}

@ObjectType({ simpleResolvers: true, description: 'Result of setLimitOverride.' })
export class SetLimitOverridePayload extends WithLimitOverride {}

@InputType({ description: 'The override to end.' })
export class RemoveLimitOverrideInput {
  @Field(() => ID, { description: 'Id of the override.' })
  overrideId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of removeLimitOverride.' })
export class RemoveLimitOverridePayload extends WithLimitOverride {}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A background run that applies a plan's current limits and features to all of its subscribers, with its progress.",
})
export class PlanReapplication {
  @Field(() => ID, { description: 'Id of the reapplication.' })
  id: bigint

  @Field(() => Int, { description: 'Number of users and organisations with the plan at the start.' })
  total: number

  @Field(() => Int, { description: 'Number of users and organisations processed so far.' })
  done: number

  @Field(() => String, { description: 'The principal that requested it, for example `user:1`.' })
  requestedBy: string

  @Field(() => DateTime, { description: 'When the run started, or restarted because it was requested again.' })
  startedAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When the run finished. Null while it is running.' })
  finishedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of reapplications.' })
export class PlanReapplicationConnection extends connectionOf(PlanReapplication, 'PlanReapplication', 'reapplications') {}

@InputType({ description: 'The plan to apply to its subscribers.' })
export class ReapplyPlanInput {
  @Field(() => ID, { description: 'Id of the plan.' })
  planId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of reapplyPlan.' })
export class ReapplyPlanPayload {
  @Field(() => PlanReapplication, { description: 'The run, which has just started or restarted.' })
  reapplication: PlanReapplication
}
