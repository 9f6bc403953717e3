import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { LimitedResource } from '../../platform/postgres/generated/enums.js'

registerEnumType(LimitedResource, {
  name: 'LimitedResource',
  description: 'What plans limit.',
  valuesConfig: {
    SERVERS: { description: 'Number of servers, claimed by `claimServer`.' },
    NODES: { description: 'Number of nodes, counted by `consume` until they are given back.' },
    MEMORY_MB: { description: 'Memory in MB, over all servers.' },
    DISK_MB: { description: 'Disk in MB, over all servers.' },
    CPU_PERCENT: { description: 'CPU in percent of a core, over all servers; 100 is one core.' },
    DATABASES_PER_SERVER: { description: 'Databases of each server; in use is what the server with most has.' },
    BACKUPS_PER_SERVER: { description: 'Backups of each server; in use is what the server with most has.' },
    PORTS_PER_SERVER: { description: 'Network ports of each server; in use is what the server with most has.' },
    TUNNEL_PORTS: { description: 'Tunnel ports, counted by `consume` until they are given back.' },
    EMAILS_PER_DAY: { description: 'E-mails of a day in UTC, counted by `consume`; at midnight it begins anew.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'How much of a resource is in use, beside what the plan allows.' })
export class ResourceUsage {
  @Field(() => LimitedResource, { description: 'The resource.' })
  resource: LimitedResource

  @Field(() => Int, { description: 'How much is in use now.' })
  used: number

  @Field(() => Int, { nullable: true, description: 'How much may be used. Null is unlimited, 0 is none.' })
  limit: number | null

  @Field(() => Int, { nullable: true, description: 'How much more may be used; null is unlimited.' })
  remaining: number | null

  @Field(() => Boolean, { description: 'Whether more is in use than the plan allows: after a change to a smaller one. It keeps running.' })
  overLimit: boolean
}

@ObjectType()
class WithUsage {
  /** Not a field: what `usage` calls when somebody asks for it. */
  readUsage: () => Promise<ResourceUsage[]>

  @Field(() => [ResourceUsage], {
    description: 'What the holder uses now of all ten resources, beside what it may use; empty when nothing was known of it.',
  })
  usage(): Promise<ResourceUsage[]> {
    return this.readUsage()
  }
}

@InputType({ description: 'A server to reserve, or to resize. What is left out is 0.' })
export class ClaimServerInput {
  @Field(() => String, {
    description: "The panel's own name of the server, on one line, at most 255 characters. The same again is the same server.",
  })
  externalId: string

  @Field(() => ID, { description: 'The user whose server it is, or who has it for the organisation.' })
  userId: string

  @Field(() => ID, { nullable: true, description: "Counts it against the organisation's plan; the user is one of its members." })
  organisationId?: string | null

  @Field(() => Int, { description: 'Memory in MB.' })
  memory: number

  @Field(() => Int, { description: 'Disk in MB.' })
  disk: number

  @Field(() => Int, { description: 'CPU in percent of a core; 100 is one core.' })
  cpu: number

  @Field(() => Int, { nullable: true, description: 'Databases.' })
  databases?: number | null

  @Field(() => Int, { nullable: true, description: 'Backups.' })
  backups?: number | null

  @Field(() => Int, { nullable: true, description: 'Network ports.' })
  ports?: number | null
}

@ObjectType({ simpleResolvers: true, description: 'A server that counts against a plan.' })
export class ServerClaim {
  @Field(() => String, { description: "The panel's own name of it." })
  externalId: string

  @Field(() => Int, { description: 'Memory in MB.' })
  memory: number

  @Field(() => Int, { description: 'Disk in MB.' })
  disk: number

  @Field(() => Int, { description: 'CPU in percent of a core.' })
  cpu: number

  @Field(() => Int, { description: 'Databases.' })
  databases: number

  @Field(() => Int, { description: 'Backups.' })
  backups: number

  @Field(() => Int, { description: 'Network ports.' })
  ports: number

  @Field(() => DateTime, { description: 'When it was first claimed.' })
  createdAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'What claimServer reserved.' })
export class ClaimServerPayload extends WithUsage {
  @Field(() => ServerClaim, { description: 'The server as it counts now.' })
  claim: ServerClaim
}

@ObjectType({ simpleResolvers: true, description: 'What releaseServer gave back.' })
export class ReleaseServerPayload extends WithUsage {
  @Field(() => Boolean, { description: 'False when there was no such server: it was released before, or never claimed.' })
  released: boolean
}

@InputType({ description: 'What to count, for whom.' })
export class ConsumeInput {
  @Field(() => ID, { description: 'The user.' })
  userId: string

  @Field(() => ID, { nullable: true, description: "Counts it against the organisation's plan; the user is one of its members." })
  organisationId?: string | null

  @Field(() => LimitedResource, { description: 'NODES, TUNNEL_PORTS or EMAILS_PER_DAY.' })
  resource: LimitedResource

  @Field(() => Int, { description: 'How much: 1 or more.' })
  amount: number

  @Field(() => String, {
    description:
      'Your name for it, at most 255 characters: it is counted once, however often you send it. For nodes and tunnel ports another amount under the same key takes the place of the one before; for e-mails a key is good for one amount, and kept for a day at least.',
  })
  key: string
}

@ObjectType({ simpleResolvers: true, description: 'What consume counted.' })
export class ConsumePayload extends WithUsage {
  @Field(() => Boolean, { description: 'Always true: a refusal is an error.' })
  success: boolean
}

@InputType({ description: 'What to take back.' })
export class GiveBackInput {
  @Field(() => ID, { description: 'The user for whom it was counted.' })
  userId: string

  @Field(() => ID, { nullable: true, description: 'The organisation for which it was counted.' })
  organisationId?: string | null

  @Field(() => LimitedResource, { description: 'NODES, TUNNEL_PORTS or EMAILS_PER_DAY.' })
  resource: LimitedResource

  @Field(() => String, { description: 'The key under which it was counted.' })
  key: string
}

@ObjectType({ simpleResolvers: true, description: 'What giveBack took back.' })
export class GiveBackPayload extends WithUsage {
  @Field(() => Boolean, { description: 'False when nothing was counted under this key.' })
  givenBack: boolean
}

@InputType({
  description: 'More, or less, than the plan allows. Exactly one of `percent`, `value` and `unlimited`; either a user or an organisation.',
})
export class SetLimitOverrideInput {
  @Field(() => ID, { nullable: true, description: 'The user whose own limits change.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'The organisation whose limits change.' })
  organisationId?: string | null

  @Field(() => LimitedResource, { nullable: true, description: 'The resource; all ten for a boost when left out.' })
  resource?: LimitedResource | null

  @Field(() => Int, {
    nullable: true,
    description: "A boost on top of the plan's limit: 50 makes 8192 MB 12288 MB. Boosts add up, and the sum is rounded down.",
  })
  percent?: number | null

  @Field(() => Int, {
    nullable: true,
    description: "A limit in the place of the plan's; boosts do not change it, and the latest one counts.",
  })
  value?: number | null

  @Field(() => Boolean, { nullable: true, description: "No limit, in the place of the plan's." })
  unlimited?: boolean | null

  @Field(() => String, { description: 'Why, for administrators; at most 500 characters.' })
  reason: string

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; never unless given.' })
  endsAt?: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'What an administrator gave a user or an organisation beside the plan.' })
export class LimitOverride {
  @Field(() => ID, { description: 'Number of the override.' })
  id: number

  @Field(() => LimitedResource, { nullable: true, description: 'The resource; null for a boost of all ten.' })
  resource: LimitedResource | null

  @Field(() => Int, { nullable: true, description: "On top of the plan's limit, in percent." })
  percent: number | null

  @Field(() => Int, { nullable: true, description: "In the place of the plan's limit." })
  value: number | null

  @Field(() => String, { description: 'Why.' })
  reason: string

  @Field(() => DateTime, { description: 'Since when it counts.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself.' })
  endsAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When an administrator removed it.' })
  removedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of overrides.' })
export class LimitOverrideConnection extends connectionOf(LimitOverride, 'LimitOverride', 'overrides') {}

@ObjectType({ simpleResolvers: true, description: 'What setLimitOverride and removeLimitOverride answer.' })
export class LimitOverridePayload {
  @Field(() => LimitOverride, { description: 'The override as it is now.' })
  override: LimitOverride
}

@ObjectType({
  simpleResolvers: true,
  description: 'The moving of everybody who has a plan to its limits of today, and how far it has come.',
})
export class PlanReapplication {
  @Field(() => ID, { description: 'Its number.' })
  id: number

  @Field(() => Int, { description: 'How many users and organisations had the plan when it began.' })
  total: number

  @Field(() => Int, { description: 'How many of them are done.' })
  done: number

  @Field(() => String, { description: 'Who asked for it: `user:1`.' })
  requestedBy: string

  @Field(() => DateTime, { description: 'When it began, or began again because it was asked for once more.' })
  startedAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When everybody was done; null while it goes on.' })
  finishedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of reapplications.' })
export class PlanReapplicationConnection extends connectionOf(PlanReapplication, 'PlanReapplication', 'reapplications') {}
