import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'
import { Limits, Plan } from '../catalog/index.js'
import { ApiKeyScope, CustomerUnion, Organisation, OrganisationMembership, OrganisationRole, User } from '../identity/index.js'
import { PlanSubscription } from '../subscriptions/index.js'

registerEnumType(ApiKeyScope, {
  name: 'ApiKeyScope',
  description: 'Permission of an API key. It applies to the data of all customers.',
  valuesConfig: {
    CLAIMS: { description: 'Claim and release servers, record and release usage, and read `usage` and `serverClaims`.' },
    SYNC: { description: 'Create and update users, organisations and memberships.' },
    READ: { description: 'Read `entitlements`, `usage` and `currentPlan`, and subscribe to `limitsChanged` and `orderUpdated`.' },
    PORTAL: { description: 'Sign users in to the portal, and out of it. Such a key can act as any customer.' },
  },
})

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'An API key, with which a service of the panel signs in: `Authorization: Bearer qtk_…`. Only a hash of the key is stored.',
})
export class ApiKey {
  @Field(() => ID, { description: 'Id of the key.' })
  id: bigint

  @Field(() => String, { description: 'Purpose of the key.' })
  name: string

  @Field(() => [ApiKeyScope], { description: 'Permissions of the key.' })
  scopes: ApiKeyScope[]

  @Field(() => String, { description: 'Actor that created the key: `user:1`, or `terminal`.' })
  createdBy: string

  @Field(() => DateTime, { description: 'When the key was created.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When the key was last used, to the minute; null if never.' })
  lastUsedAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When the key was revoked; null if it is active.' })
  revokedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of API keys.' })
export class ApiKeyConnection extends connectionOf(ApiKey, 'ApiKey', 'API keys') {}

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Field(() => String, { description: 'Purpose of the key, at most 100 characters: "panel backend".' })
  name: string

  @Field(() => [ApiKeyScope], { description: 'Permissions of the key. Grant only the scopes that the service needs.' })
  scopes: ApiKeyScope[]

  @Field(() => String, {
    nullable: true,
    description: 'Idempotency key. Retrying with the same key returns the original result, without the key itself.',
  })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of createApiKey.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKey, { description: 'The stored record of the key.' })
  apiKey: ApiKey

  @Field(() => String, {
    nullable: true,
    description:
      'The key itself. It is shown only in this response; store it in a safe place. Null in the response to a retry: revoke the key and create another.',
  })
  key: string | null
}

@InputType({ description: 'The key to revoke.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: 'Id of the key.' })
  apiKeyId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of revokeApiKey.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKey, { description: 'The revoked key.' })
  apiKey: ApiKey
}

@InputType({ description: 'A user of the panel.' })
export class UpsertUserInput {
  @Field(() => ID, { description: 'Id in the panel, without a prefix.' })
  id: string

  @Field(() => String, { nullable: true, description: 'E-mail address; unchanged if omitted.' })
  email?: string | null

  @Field(() => String, { nullable: true, description: 'Display name, at most 200 characters; unchanged if omitted.' })
  name?: string | null
}

@InputType({ description: 'An organisation of the panel.' })
export class UpsertOrganisationInput {
  @Field(() => ID, { description: 'Id in the panel, without a prefix.' })
  id: string

  @Field(() => String, { description: 'Display name, at most 200 characters.' })
  name: string
}

@InputType({ description: 'The membership of a user in an organisation.' })
export class SetMembershipInput {
  @Field(() => ID, { description: 'The organisation.' })
  organisationId: string

  @Field(() => ID, { description: 'The user.' })
  userId: string

  @Field(() => OrganisationRole, { nullable: true, description: 'Role of the user in the organisation; null ends the membership.' })
  role?: OrganisationRole | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of upsertUser.' })
export class UpsertUserPayload {
  @Field(() => User, { description: 'The user in its current state.' })
  user: User
}

@InputType({ description: 'Users of the panel, at most 1,000.' })
export class UpsertUsersInput {
  @Field(() => [UpsertUserInput], { description: 'The users, without duplicates.' })
  users: UpsertUserInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of upsertUsers.' })
export class UpsertUsersPayload {
  @Field(() => [User], { description: 'The users in their current state, in the order of the input.' })
  users: User[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of upsertOrganisation.' })
export class UpsertOrganisationPayload {
  @Field(() => Organisation, { description: 'The organisation in its current state.' })
  organisation: Organisation
}

@InputType({ description: 'Organisations of the panel, at most 1,000.' })
export class UpsertOrganisationsInput {
  @Field(() => [UpsertOrganisationInput], { description: 'The organisations, without duplicates.' })
  organisations: UpsertOrganisationInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of upsertOrganisations.' })
export class UpsertOrganisationsPayload {
  @Field(() => [Organisation], { description: 'The organisations in their current state, in the order of the input.' })
  organisations: Organisation[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of setMembership.' })
export class SetMembershipPayload {
  @Field(() => Organisation, { description: 'The organisation.' })
  organisation: Organisation

  @Field(() => OrganisationMembership, { nullable: true, description: 'The membership as it is stored; null if it was ended.' })
  membership: OrganisationMembership | null
}

@InputType({ description: 'Memberships of users in organisations, at most 1,000.' })
export class SetMembershipsInput {
  @Field(() => [SetMembershipInput], { description: 'The memberships, without duplicates.' })
  memberships: SetMembershipInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of setMemberships.' })
export class SetMembershipsPayload {
  @Field(() => [OrganisationMembership], {
    description: 'The memberships as they are stored, in the order of the input, without those that were ended.',
  })
  memberships: OrganisationMembership[]
}

@ObjectType({
  simpleResolvers: true,
  description: 'The entitlement of a user or an organisation: its effective plan and limits, and whether its subscription gives access.',
})
export class Entitlement {
  @Field(() => CustomerUnion, { description: 'The customer.' })
  customer: User | Organisation

  @Field(() => Plan, { nullable: true, description: 'The effective plan; the default free plan if the customer has no other.' })
  plan: Plan | null

  @Field(() => Limits, { description: 'Effective limits: the limits at the time of purchase, adjusted by limit overrides.' })
  limits: Limits

  @Field(() => JsonObject, { description: 'Feature flags of the effective plan.' })
  features: unknown

  @Field(() => PlanSubscription, {
    nullable: true,
    description: 'The current subscription, also while it gives no access. Null if there is none.',
  })
  subscription: PlanSubscription | null

  @Field(() => Boolean, {
    description: 'Whether the subscription gives access. False while it is unpaid or paused; the free plan applies meanwhile.',
  })
  hasAccess: boolean
}

@ObjectType({ simpleResolvers: true, description: 'A page of entitlements of customers.' })
export class EntitlementConnection extends connectionOf(Entitlement, 'Entitlement', 'customers') {}
