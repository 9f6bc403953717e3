import { Arg, Args, Authorized, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import type { ApiKey as ApiKeyRecord } from '../../platform/postgres/generated/client.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../api-keys/index.js'
import { ADMINISTRATOR, ApiKeyScope, Organisation, type RequestContext, User } from '../identity/index.js'
import { listEntitlements } from './list-entitlements.js'
import { setMemberships, upsertOrganisations, upsertUsers } from './sync.js'
import {
  ApiKey,
  ApiKeyConnection,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  CustomerStateConnection,
  SetMembershipInput,
  UpsertOrganisationInput,
  UpsertOrganisationsPayload,
  UpsertUserInput,
  UpsertUsersPayload,
} from './sync.type.js'

const SYNC_ACCESS = 'Administrators and API keys with SYNC'
const BULK_NOTE = 'at most 1,000 in one call, all or none'

@Resolver()
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, {
    description: 'Administrators: the API keys of the services of the panel, newest first, including revoked ones.',
  })
  @Authorized(ADMINISTRATOR)
  apiKeys(@Ctx() { services }: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return listApiKeys(services, page)
  }

  @Mutation(() => CreateApiKeyPayload, {
    description: 'Administrators: creates an API key for a service of the panel. The key is shown only in this response.',
  })
  @Authorized(ADMINISTRATOR)
  createApiKey(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CreateApiKeyInput, { description: 'The new key.' }) input: CreateApiKeyInput,
  ) {
    return createApiKey(services, requiredUser, input)
  }

  @Mutation(() => ApiKey, { description: 'Administrators: revokes an API key. From now on it is rejected.' })
  @Authorized(ADMINISTRATOR)
  revokeApiKey(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('id', () => ID, { description: 'Id of the key.' }) id: string,
  ): Promise<ApiKeyRecord> {
    return revokeApiKey(services, requiredUser, id)
  }
}

@Resolver()
export class SyncResolver {
  @Mutation(() => User, { description: `${SYNC_ACCESS}: creates or updates a user.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUser(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertUserInput, { description: 'The user.' }) input: UpsertUserInput,
  ) {
    const [user] = await upsertUsers(services, requiredPrincipal, [input])
    return user
  }

  @Mutation(() => UpsertUsersPayload, { description: `${SYNC_ACCESS}: creates or updates users; ${BULK_NOTE}.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUsers(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('users', () => [UpsertUserInput], { description: 'The users, without duplicates.' }) users: UpsertUserInput[],
  ) {
    return { users: await upsertUsers(services, requiredPrincipal, users, 'users') }
  }

  @Mutation(() => Organisation, { description: `${SYNC_ACCESS}: creates or renames an organisation.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisation(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertOrganisationInput, { description: 'The organisation.' }) input: UpsertOrganisationInput,
  ) {
    const [organisation] = await upsertOrganisations(services, requiredPrincipal, [input])
    return organisation
  }

  @Mutation(() => UpsertOrganisationsPayload, { description: `${SYNC_ACCESS}: creates or renames organisations; ${BULK_NOTE}.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisations(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('organisations', () => [UpsertOrganisationInput], { description: 'The organisations, without duplicates.' })
    organisations: UpsertOrganisationInput[],
  ) {
    return { organisations: await upsertOrganisations(services, requiredPrincipal, organisations, 'organisations') }
  }

  @Mutation(() => Organisation, {
    description: `${SYNC_ACCESS}: sets or ends the membership of a user in an organisation. Returns the organisation.`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async setMembership(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => SetMembershipInput, { description: 'The membership.' }) input: SetMembershipInput,
  ) {
    await setMemberships(services, requiredPrincipal, [input])
    return services.db.organisation.findUniqueOrThrow({ where: { id: input.organisationId } })
  }

  @Mutation(() => Int, {
    description: `${SYNC_ACCESS}: sets or ends memberships; ${BULK_NOTE}. Returns the number of entries in the input.`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  setMemberships(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('memberships', () => [SetMembershipInput], { description: 'The memberships, without duplicates.' })
    memberships: SetMembershipInput[],
  ) {
    return setMemberships(services, requiredPrincipal, memberships, 'memberships')
  }
}

@Resolver()
export class DesiredStateResolver {
  @Query(() => CustomerStateConnection, {
    description:
      'Administrators and API keys with READ: the effective plan and limits of every customer, users first, then organisations. Read all pages periodically to recover from missed events.',
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.READ)
  desiredState(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: 'Number of items to return: 1 to 100; defaults to 20.' }) first?: number,
    @Arg('after', () => String, { nullable: true, description: 'The `endCursor` of the previous page.' }) after?: string,
  ) {
    return listEntitlements(context, { first: first ?? null, after: after ?? null })
  }
}
