import { Arg, Args, Authorized, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql'
import { parsePanelId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../api-keys/index.js'
import { ADMINISTRATOR, ApiKeyScope, type RequestContext } from '../identity/index.js'
import { listEntitlements } from './list-entitlements.js'
import { setMemberships, upsertOrganisations, upsertUsers } from './sync.js'
import {
  ApiKeyConnection,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  EntitlementConnection,
  RevokeApiKeyInput,
  RevokeApiKeyPayload,
  SetMembershipInput,
  SetMembershipPayload,
  SetMembershipsInput,
  SetMembershipsPayload,
  UpsertOrganisationInput,
  UpsertOrganisationPayload,
  UpsertOrganisationsInput,
  UpsertOrganisationsPayload,
  UpsertUserInput,
  UpsertUserPayload,
  UpsertUsersInput,
  UpsertUsersPayload,
} from './sync.type.js'

const REQUIRES_SYNC = 'Requires the administrator role or an API key with the SYNC scope.'
const BULK_NOTE = 'At most 1,000 in one call, without duplicates. Either all are stored or none.'

@Resolver()
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, {
    description: 'The API keys of the services of the panel, including revoked ones. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  apiKeys(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('revoked', () => Boolean, { nullable: true, description: 'True: only revoked keys. False: only others.' }) revoked?: boolean,
    @Arg('scope', () => ApiKeyScope, { nullable: true, description: 'Only keys that have this scope.' }) scope?: ApiKeyScope,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listApiKeys(services, { revoked, scope }, page, orderBy)
  }

  @Mutation(() => CreateApiKeyPayload, {
    description:
      'Creates an API key for a service of the panel. The key is shown only in the first response. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  createApiKey(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CreateApiKeyInput, { description: 'The new key.' }) input: CreateApiKeyInput,
  ) {
    return createApiKey(services, requiredUser, input)
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description: 'Revokes an API key. From now on it is rejected. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async revokeApiKey(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => RevokeApiKeyInput, { description: 'The key to revoke.' }) { apiKeyId }: RevokeApiKeyInput,
  ) {
    return { apiKey: await revokeApiKey(services, requiredUser, { field: 'input.apiKeyId', id: apiKeyId }) }
  }
}

@Resolver()
export class SyncResolver {
  @Mutation(() => UpsertUserPayload, { description: `Creates or updates a user. ${REQUIRES_SYNC}` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUser(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertUserInput, { description: 'The user.' }) input: UpsertUserInput,
  ) {
    const [user] = await upsertUsers(services, requiredPrincipal, [input])
    return { user }
  }

  @Mutation(() => UpsertUsersPayload, {
    description: `Creates or updates users. ${BULK_NOTE} Returns the stored users in the order of the input. ${REQUIRES_SYNC}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertUsers(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertUsersInput, { description: 'The users.' }) { users }: UpsertUsersInput,
  ) {
    return { users: await upsertUsers(services, requiredPrincipal, users, 'input.users') }
  }

  @Mutation(() => UpsertOrganisationPayload, { description: `Creates or renames an organisation. ${REQUIRES_SYNC}` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisation(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertOrganisationInput, { description: 'The organisation.' }) input: UpsertOrganisationInput,
  ) {
    const [organisation] = await upsertOrganisations(services, requiredPrincipal, [input])
    return { organisation }
  }

  @Mutation(() => UpsertOrganisationsPayload, {
    description: `Creates or renames organisations. ${BULK_NOTE} Returns the stored organisations in the order of the input. ${REQUIRES_SYNC}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async upsertOrganisations(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => UpsertOrganisationsInput, { description: 'The organisations.' }) { organisations }: UpsertOrganisationsInput,
  ) {
    return { organisations: await upsertOrganisations(services, requiredPrincipal, organisations, 'input.organisations') }
  }

  @Mutation(() => SetMembershipPayload, {
    description: `Sets or ends the membership of a user in an organisation. ${REQUIRES_SYNC}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async setMembership(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => SetMembershipInput, { description: 'The membership.' }) input: SetMembershipInput,
  ) {
    const id = parsePanelId('input.organisationId', input.organisationId)
    const [membership = null] = await setMemberships(services, requiredPrincipal, [input])
    return { organisation: await services.db.organisation.findUniqueOrThrow({ where: { id } }), membership }
  }

  @Mutation(() => SetMembershipsPayload, {
    description: `Sets or ends memberships. ${BULK_NOTE} Returns the stored memberships in the order of the input, without those that were ended. ${REQUIRES_SYNC}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.SYNC)
  async setMemberships(
    @Ctx() { services, requiredPrincipal }: RequestContext,
    @Arg('input', () => SetMembershipsInput, { description: 'The memberships.' }) { memberships }: SetMembershipsInput,
  ) {
    return { memberships: await setMemberships(services, requiredPrincipal, memberships, 'input.memberships') }
  }
}

@Resolver()
export class EntitlementsResolver {
  @Query(() => EntitlementConnection, {
    description:
      'The effective plan and limits of every customer, users first, then organisations. Read all pages periodically to recover from missed events. Requires the administrator role or an API key with the READ scope.',
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.READ)
  entitlements(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, {
      nullable: true,
      description: 'The number of entries to read from the start of the list or after `after`: 1 to 100, default 20.',
    })
    first?: number,
    @Arg('after', () => String, { nullable: true, description: 'The `endCursor` of the previous page.' }) after?: string,
  ) {
    return listEntitlements(context, { first: first ?? null, after: after ?? null })
  }
}
