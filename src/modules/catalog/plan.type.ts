import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { CurrencyCode, DateTime, JsonObject, MinorUnits } from '../../core/scalars.js'
import { BillingInterval, PlanType } from './plan.enums.js'

const UNLIMITED = 'Null is unlimited, 0 is none.'

@ObjectType({ simpleResolvers: true, description: 'Resource limits of a plan or of what a holder has. Null is unlimited, 0 is none.' })
export class Limits {
  @Field(() => Int, { nullable: true, description: `Memory in MB, over all servers. ${UNLIMITED}` })
  memory: number | null

  @Field(() => Int, { nullable: true, description: `Disk in MB, over all servers. ${UNLIMITED}` })
  disk: number | null

  @Field(() => Int, { nullable: true, description: `CPU in percent of a core, over all servers; 100 is one core. ${UNLIMITED}` })
  cpu: number | null

  @Field(() => Int, { nullable: true, description: `Number of servers. ${UNLIMITED}` })
  serverLimit: number | null

  @Field(() => Int, { nullable: true, description: `Number of nodes. ${UNLIMITED}` })
  nodeLimit: number | null

  @Field(() => Int, { nullable: true, description: `Databases for each server. ${UNLIMITED}` })
  databases: number | null

  @Field(() => Int, { nullable: true, description: `Backups for each server. ${UNLIMITED}` })
  backups: number | null

  @Field(() => Int, { nullable: true, description: `Network ports for each server. ${UNLIMITED}` })
  portCount: number | null

  @Field(() => Int, { nullable: true, description: `Tunnel ports. ${UNLIMITED}` })
  tunnelPortCount: number | null

  @Field(() => Int, { nullable: true, description: `E-mails a day. ${UNLIMITED}` })
  emailsPerDay: number | null
}

@ObjectType({
  simpleResolvers: true,
  description: 'A tier of the catalogue: what it costs and what it allows. Its limits stand on the plan itself, too.',
})
export class Plan extends Limits {
  @Field(() => ID, { description: 'Number of the plan.' })
  id: number

  @Field(() => String, { description: '"pro": what checkout and webhooks name a plan by.' })
  slug: string

  @Field(() => String, { description: 'Name to show.' })
  name: string

  @Field(() => PlanType, { description: 'The portal tier it grants.' })
  type: PlanType

  @Field(() => BillingInterval, { description: 'How long one payment lasts.' })
  interval: BillingInterval

  @Field(() => CurrencyCode, { description: 'Currency of its price, and of what is charged where the price is custom.' })
  currency: string

  @Field(() => Int, { description: 'Place in the catalogue. A change to a higher rank is an upgrade, whatever the prices are.' })
  rank: number

  @Field(() => JsonObject, { description: 'Further flags of your own, such as {"modpacks": true}.' })
  features: unknown

  @Field(() => Boolean, { description: 'Left out of `plans`; administrators can still grant it.' })
  hiddenFromBilling: boolean

  @Field(() => Boolean, { description: 'The free plan that everybody without another one has.' })
  isDefault: boolean

  @Field(() => DateTime, { nullable: true, description: 'When it was taken out of the catalogue for good; who has it keeps it.' })
  archivedAt: Date | null
}

@InputType()
class LimitsInput {
  @Field(() => Int, { nullable: true, description: `Memory in MB, over all servers. ${UNLIMITED}` })
  memory?: number | null

  @Field(() => Int, { nullable: true, description: `Disk in MB, over all servers. ${UNLIMITED}` })
  disk?: number | null

  @Field(() => Int, { nullable: true, description: `CPU in percent of a core, over all servers. ${UNLIMITED}` })
  cpu?: number | null

  @Field(() => Int, { nullable: true, description: `Number of servers. ${UNLIMITED}` })
  serverLimit?: number | null

  @Field(() => Int, { nullable: true, description: `Number of nodes. ${UNLIMITED}` })
  nodeLimit?: number | null

  @Field(() => Int, { nullable: true, description: `Databases for each server. ${UNLIMITED}` })
  databases?: number | null

  @Field(() => Int, { nullable: true, description: `Backups for each server. ${UNLIMITED}` })
  backups?: number | null

  @Field(() => Int, { nullable: true, description: `Network ports for each server. ${UNLIMITED}` })
  portCount?: number | null

  @Field(() => Int, { nullable: true, description: `Tunnel ports. ${UNLIMITED}` })
  tunnelPortCount?: number | null

  @Field(() => Int, { nullable: true, description: `E-mails a day. ${UNLIMITED}` })
  emailsPerDay?: number | null

  @Field(() => JsonObject, { nullable: true, description: 'Further flags of your own, at most 10,000 characters of JSON.' })
  features?: unknown

  @Field(() => String, { nullable: true, description: 'What the payment provider calls it: the variant of Lemon Squeezy, "123456".' })
  providerVariantId?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Leave it out of `plans`.' })
  hiddenFromBilling?: boolean | null

  @Field(() => Int, { nullable: true, description: 'Place in the catalogue, lowest first.' })
  rank?: number | null
}

@InputType({ description: 'A new plan.' })
export class CreatePlanInput extends LimitsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Lower-case letters, digits and hyphens, at most 60 characters; never used before. Derived from the name if absent.',
  })
  slug?: string | null

  @Field(() => String, { description: 'Name to show, at most 100 characters.' })
  name: string

  @Field(() => PlanType, { description: 'The portal tier it grants.' })
  type: PlanType

  @Field(() => MinorUnits, { nullable: true, description: 'Price of an interval in minor units; null is a custom price.' })
  price?: bigint | null

  @Field(() => CurrencyCode, { nullable: true, description: 'Currency of the price; BILLING_CURRENCY unless given.' })
  currency?: string | null

  @Field(() => BillingInterval, { nullable: true, description: 'How long one payment lasts; MONTH unless given.' })
  interval?: BillingInterval | null

  @Field(() => Boolean, { nullable: true, description: 'Make it the free plan that everybody without another one has.' })
  isDefault?: boolean | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@InputType({ description: 'Changes to a plan; what is left out stays. Who bought it before keeps what was bought.' })
export class UpdatePlanInput extends LimitsInput {
  @Field(() => ID, { description: 'The plan to change.' })
  id: string

  @Field(() => String, { nullable: true, description: 'Name to show, at most 100 characters.' })
  name?: string | null

  @Field(() => PlanType, {
    nullable: true,
    description: 'The portal tier it grants; customers who have the plan get it with their next change or `reapplyPlan`.',
  })
  type?: PlanType | null

  @Field(() => MinorUnits, { nullable: true, description: 'Price of an interval in minor units; null makes it a custom price.' })
  price?: bigint | null

  @Field(() => Boolean, { nullable: true, description: 'Make it the free plan that everybody without another one has.' })
  isDefault?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'What createPlan, updatePlan and archivePlan answer.' })
export class PlanPayload {
  @Field(() => Plan, { description: 'The plan as it is now.' })
  plan: Plan
}
