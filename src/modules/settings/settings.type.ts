import { Field, InputType, ObjectType } from 'type-graphql'
import { DateTime } from '../../core/scalars.js'

@InputType({ description: 'The billing feature flag.' })
export class SetBillingEnabledInput {
  @Field(() => Boolean, { description: 'Whether billing is enabled.' })
  enabled: boolean
}

@ObjectType({ simpleResolvers: true, description: 'Result of setBillingEnabled.' })
export class SetBillingEnabledPayload {
  @Field(() => Boolean, { description: 'Whether billing is enabled now.' })
  enabled: boolean
}

@InputType({ description: 'The new time.' })
export class AdvanceClockInput {
  @Field(() => DateTime, { description: 'A time in the future.' })
  to: Date
}

@ObjectType({ simpleResolvers: true, description: 'Result of advanceClock.' })
export class AdvanceClockPayload {
  @Field(() => DateTime, { description: 'The new time of the server.' })
  now: Date
}

@ObjectType({ simpleResolvers: true, description: 'Result of resetDemo.' })
export class ResetDemoPayload {
  @Field(() => DateTime, { description: 'The time of the server, which is the real time again.' })
  now: Date
}
