import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import { ApiKeyScope, OrganisationRole } from '../../platform/postgres/generated/enums.js'
import { Limits, Plan } from '../catalog/index.js'
import { Organisation, User } from '../identity/index.js'
import { Subscription } from '../subscriptions/index.js'

registerEnumType(ApiKeyScope, {
  name: 'ApiKeyScope',
  description: "What a service of the panel may do with its API key, for all of the panel's users.",
  valuesConfig: {
    CLAIMS: { description: 'Claim and release servers, consume and give back; read `usage`.' },
    SYNC: { description: 'Tell of users, organisations and memberships.' },
    READ: { description: 'Read `desiredState`, `usage` and `currentPlan`; listen to `limitsChanged` and `orderUpdated`.' },
  },
})

@ObjectType({
  simpleResolvers: true,
  description: "How a service of the panel signs in: as `Authorization: Bearer qtk_…`. The key itself isn't kept.",
})
export class ApiKey {
  @Field(() => ID, { description: 'Number of the key.' })
  id: number

  @Field(() => String, { description: 'What it is for.' })
  name: string

  @Field(() => [ApiKeyScope], { description: 'What may be done with it.' })
  scopes: ApiKeyScope[]

  @Field(() => String, { description: 'Who made it: `user:1`, or `terminal`.' })
  createdBy: string

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was last used, to the minute; null when it never was.' })
  lastUsedAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Since when it is not accepted any more.' })
  revokedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of API keys.' })
export class ApiKeyConnection extends connectionOf(ApiKey, 'ApiKey', 'API keys') {}

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Field(() => String, { description: 'What it is for, at most 100 characters: "panel backend".' })
  name: string

  @Field(() => [ApiKeyScope], { description: 'What may be done with it; as little as will do.' })
  scopes: ApiKeyScope[]
}

@ObjectType({ simpleResolvers: true, description: 'A new API key.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKey, { description: 'What is kept of it.' })
  apiKey: ApiKey

  @Field(() => String, { description: 'The key itself. It is shown this once: store it where the service finds it.' })
  key: string
}

@InputType({ description: 'What the panel knows of a user.' })
export class UpsertUserInput {
  @Field(() => ID, { description: "The panel's numeric id." })
  id: string

  @Field(() => String, { nullable: true, description: 'E-mail address; what is known stays when it is left out.' })
  email?: string | null

  @Field(() => String, { nullable: true, description: 'Name to show, at most 200 characters; what is known stays when it is left out.' })
  name?: string | null
}

@InputType({ description: 'What the panel knows of an organisation.' })
export class UpsertOrganisationInput {
  @Field(() => ID, { description: "The panel's numeric id." })
  id: string

  @Field(() => String, { description: 'Name to show, at most 200 characters.' })
  name: string
}

@InputType({ description: "A user's place in an organisation." })
export class SetMembershipInput {
  @Field(() => ID, { description: 'The organisation.' })
  organisationId: string

  @Field(() => ID, { description: 'The user.' })
  userId: string

  @Field(() => OrganisationRole, { nullable: true, description: 'What the user may do there; null ends the membership.' })
  role?: OrganisationRole | null
}

@ObjectType({ simpleResolvers: true, description: 'What upsertUser and upsertUsers stored.' })
export class UpsertUsersPayload {
  @Field(() => [User], { description: 'The users as they are now, in the order in which they were told.' })
  users: User[]
}

@ObjectType({ simpleResolvers: true, description: 'What upsertOrganisation and upsertOrganisations stored.' })
export class UpsertOrganisationsPayload {
  @Field(() => [Organisation], { description: 'The organisations as they are now, in the order in which they were told.' })
  organisations: Organisation[]
}

@ObjectType({
  simpleResolvers: true,
  description: 'What the panel should let a user or an organisation have: its plan, its limits, and whether it has access.',
})
export class HolderState {
  @Field(() => User, { nullable: true, description: 'The user, of whom this is what it has for itself; null for an organisation.' })
  user: User | null

  @Field(() => Organisation, { nullable: true, description: 'The organisation; null for a user.' })
  organisation: Organisation | null

  @Field(() => Plan, { nullable: true, description: 'The plan held now; the default free plan when there is no other.' })
  plan: Plan | null

  @Field(() => Limits, { description: 'What may be used, as it was bought, with what an administrator gave beside it.' })
  limits: Limits

  @Field(() => JsonObject, { description: 'The feature flags of what is held.' })
  features: unknown

  @Field(() => Subscription, { nullable: true, description: 'The subscription, also while it gives no access; null when there is none.' })
  subscription: Subscription | null

  @Field(() => Boolean, {
    description: 'Whether what was bought can be used. False while a subscription is unpaid or paused: the free plan counts meanwhile.',
  })
  hasAccess: boolean
}

@ObjectType({ simpleResolvers: true, description: 'A page of what users and organisations have.' })
export class HolderStateConnection extends connectionOf(HolderState, 'HolderState', 'holders') {}
