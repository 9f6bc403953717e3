import { Arg, Args, Authorized, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import type { ApiKey as ApiKeyRecord } from '../../platform/postgres/generated/client.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../api-keys/index.js'
import { ADMINISTRATOR, Organisation, type RequestContext, User } from '../identity/index.js'
import { listEntitlements } from './list-entitlements.js'
import { setMemberships, upsertOrganisations, upsertUsers } from './sync.js'
import {
  ApiKey,
  ApiKeyConnection,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  HolderStateConnection,
  SetMembershipInput,
  UpsertOrganisationInput,
  UpsertOrganisationsPayload,
  UpsertUserInput,
  UpsertUsersPayload,
} from './sync.type.js'

const SYNC_ACCESS = 'Administrators, and API keys with SYNC'
const BULK_NOTE = 'up to 1,000 in one call, all of them or none'

@Resolver()
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, {
    description: 'Administrators: the API keys of the services of the panel, newest first; revoked ones too.',
  })
  @Authorized(ADMINISTRATOR)
  apiKeys(@Ctx() { services }: RequestContext, @Args(() => PageArguments) page: PageArguments) {
    return listApiKeys(services, page)
  }

  @Mutation(() => CreateApiKeyPayload, {
    description: 'Administrators: makes an API key for a service of the panel, and shows it this once.',
  })
  @Authorized(ADMINISTRATOR)
  createApiKey(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CreateApiKeyInput, { description: 'What it is for.' }) input: CreateApiKeyInput,
  ) {
    return createApiKey(services, signedIn, input)
  }

  @Mutation(() => ApiKey, { description: 'Administrators: takes an API key back; from now on it is refused.' })
  @Authorized(ADMINISTRATOR)
  revokeApiKey(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the key.' }) id: string,
  ): Promise<ApiKeyRecord> {
    return revokeApiKey(services, signedIn, id)
  }
}

@Resolver()
export class SyncResolver {
  @Mutation(() => User, { description: `${SYNC_ACCESS}: tells of a user, new or changed.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUser(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('input', () => UpsertUserInput, { description: 'The user.' }) input: UpsertUserInput,
  ) {
    const [user] = await upsertUsers(services, caller, [input])
    return user
  }

  @Mutation(() => UpsertUsersPayload, { description: `${SYNC_ACCESS}: tells of users, new or changed; ${BULK_NOTE}.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUsers(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('users', () => [UpsertUserInput], { description: 'The users, each once.' }) users: UpsertUserInput[],
  ) {
    return { users: await upsertUsers(services, caller, users, 'users') }
  }

  @Mutation(() => Organisation, { description: `${SYNC_ACCESS}: tells of an organisation, new or renamed.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisation(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('input', () => UpsertOrganisationInput, { description: 'The organisation.' }) input: UpsertOrganisationInput,
  ) {
    const [organisation] = await upsertOrganisations(services, caller, [input])
    return organisation
  }

  @Mutation(() => UpsertOrganisationsPayload, { description: `${SYNC_ACCESS}: tells of organisations, new or renamed; ${BULK_NOTE}.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisations(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('organisations', () => [UpsertOrganisationInput], { description: 'The organisations, each once.' })
    organisations: UpsertOrganisationInput[],
  ) {
    return { organisations: await upsertOrganisations(services, caller, organisations, 'organisations') }
  }

  @Mutation(() => Organisation, {
    description: `${SYNC_ACCESS}: sets a user's place in an organisation, or ends it. Answers the organisation.`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async setMembership(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('input', () => SetMembershipInput, { description: 'Who, where, as what.' }) input: SetMembershipInput,
  ) {
    await setMemberships(services, caller, [input])
    return services.db.organisation.findUniqueOrThrow({ where: { id: Number(input.organisationId) } })
  }

  @Mutation(() => Int, { description: `${SYNC_ACCESS}: sets or ends places in organisations; ${BULK_NOTE}. Answers how many were told.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  setMemberships(
    @Ctx() { services, requiredPrincipal: caller }: RequestContext,
    @Arg('memberships', () => [SetMembershipInput], { description: 'The places, each once.' }) memberships: SetMembershipInput[],
  ) {
    return setMemberships(services, caller, memberships, 'memberships')
  }
}

@Resolver()
export class DesiredStateResolver {
  @Query(() => HolderStateConnection, {
    description:
      'Administrators, and API keys with READ: what the panel should let everybody have, users first, then organisations. Read it from time to time from its start, page by page, and nothing that was missed stays missed.',
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.READ)
  desiredState(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: 'So many: 1 to 100, 20 unless given.' }) first?: number,
    @Arg('after', () => String, { nullable: true, description: 'The `endCursor` of the page before.' }) after?: string,
  ) {
    return listEntitlements(context, { first: first ?? null, after: after ?? null })
  }
}
