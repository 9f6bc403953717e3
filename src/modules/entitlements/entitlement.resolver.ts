import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { DomainError, FORBIDDEN } from '../../core/errors.js'
import { parseId, parseOptionalOrganisationId, parseOptionalUserId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type {
  LimitOverride as LimitOverrideRecord,
  Organisation as OrganisationRecord,
  User as UserRecord,
} from '../../platform/postgres/generated/client.js'
import { Limits, Plan } from '../catalog/index.js'
import {
  ADMINISTRATOR,
  ApiKeyScope,
  type Customer,
  getUserOrOrganisation,
  isAdministrator,
  isApiKeyPrincipal,
  Organisation,
  type RequestContext,
  requireOrganisationView,
  requireUserView,
  resolveListScope,
  seesOrganisation,
  seesUser,
  USER,
  User,
} from '../identity/index.js'
import { LimitedResource } from '../limited-resources.enums.js'
import { CONSUMABLE_RESOURCES, RESOURCES } from '../limited-resources.rules.js'
import { claimServer, releaseServer } from './claim-server.js'
import { loadEntitlement } from './entitlement.loader.js'
import { compareUsage, type UsageComparison } from './entitlement.rules.js'
import {
  ClaimServerInput,
  ClaimServerPayload,
  LimitOverrideConnection,
  PlanReapplicationConnection,
  ReapplyPlanInput,
  ReapplyPlanPayload,
  RecordUsageInput,
  RecordUsagePayload,
  ReleaseServerInput,
  ReleaseServerPayload,
  ReleaseUsageInput,
  ReleaseUsagePayload,
  RemoveLimitOverrideInput,
  RemoveLimitOverridePayload,
  ResourceUsage,
  ServerClaimConnection,
  SetLimitOverrideInput,
  SetLimitOverridePayload,
} from './entitlement.type.js'
import { listLimitOverrides, removeLimitOverride, setLimitOverride } from './limit-overrides.js'
import { listReapplications, reapplyPlan } from './reapply-plan.js'
import { recordUsage, releaseUsage } from './record-usage.js'
import { listServerClaims } from './server-claim.queries.js'
import { getUsage } from './usage.queries.js'

const REQUIRES_CLAIMS = 'Requires the administrator role or an API key with the CLAIMS scope.'
const CONSUMABLE_NOUNS = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
  CONSUMABLE_RESOURCES.map((resource) => RESOURCES[resource].plural),
)
const USER_ID = {
  nullable: true,
  description: 'Administrators and API keys: the user to show. Not allowed together with `organisationId`.',
} as const
const ORGANISATION_ID = {
  nullable: true,
  description: 'An organisation where you are an owner or admin. Defaults to yourself. API keys must set this or `userId`.',
} as const
const USER_OR_ORGANISATION = { nullable: true, description: 'The user. Specify either a user or an organisation.' } as const
const ORGANISATION_OR_USER = { nullable: true, description: 'The organisation. Specify either a user or an organisation.' } as const

async function loadUsage(context: RequestContext, customer: Customer | null): Promise<UsageComparison[]> {
  if (!customer) return []
  const { db, clock } = context.services
  const [{ limits }, usage] = await Promise.all([loadEntitlement(context, customer), getUsage(db, customer, clock.now())])
  return compareUsage(limits, usage)
}

@Resolver()
export class UsageResolver {
  @Query(() => [ResourceUsage], {
    description:
      "Usage and limit of each resource: yours, or an organisation's. Requires a signed-in user or an API key with the READ or CLAIMS scope.",
  })
  @Authorized(USER, ApiKeyScope.READ, ApiKeyScope.CLAIMS)
  async usage(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ID) organisationId?: string,
    @Arg('userId', () => ID, USER_ID) userId?: string,
  ): Promise<UsageComparison[]> {
    return loadUsage(context, await resolveResourceCustomer(context, organisationId, userId))
  }

  @Query(() => ServerClaimConnection, {
    description:
      "The servers that count against limits, newest first: yours, or an organisation's. Requires a signed-in user or an API key with the CLAIMS scope.",
  })
  @Authorized(USER, ApiKeyScope.CLAIMS)
  async serverClaims(
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('organisationId', () => ID, ORGANISATION_ID) organisationId?: string,
    @Arg('userId', () => ID, USER_ID) userId?: string,
  ) {
    return listServerClaims(context.services, await resolveResourceCustomer(context, organisationId, userId), page)
  }

  @Mutation(() => ClaimServerPayload, {
    description: `Reserves a server against the customer's limits, or resizes it. ${REQUIRES_CLAIMS}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async claimServer(
    @Ctx() context: RequestContext,
    @Arg('input', () => ClaimServerInput, { description: 'The server to claim or to resize.' }) input: ClaimServerInput,
  ) {
    const { claim, customer } = await claimServer(context.services, input)
    return { claim, readUsage: () => loadUsage(context, customer) }
  }

  @Mutation(() => ReleaseServerPayload, { description: `Releases the claim of a server. ${REQUIRES_CLAIMS}` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async releaseServer(
    @Ctx() context: RequestContext,
    @Arg('input', () => ReleaseServerInput, { description: 'The server to release.' }) input: ReleaseServerInput,
  ) {
    const customer = await releaseServer(context.services, input)
    return { released: customer !== null, readUsage: () => loadUsage(context, customer) }
  }

  @Mutation(() => RecordUsagePayload, {
    description: `Records usage of ${CONSUMABLE_NOUNS} against the customer's limits. ${REQUIRES_CLAIMS}`,
  })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async recordUsage(
    @Ctx() context: RequestContext,
    @Arg('input', () => RecordUsageInput, { description: 'The usage to record.' }) input: RecordUsageInput,
  ) {
    const customer = await recordUsage(context.services, input)
    return { success: true, readUsage: () => loadUsage(context, customer) }
  }

  @Mutation(() => ReleaseUsagePayload, { description: `Releases usage that \`recordUsage\` recorded. ${REQUIRES_CLAIMS}` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async releaseUsage(
    @Ctx() context: RequestContext,
    @Arg('input', () => ReleaseUsageInput, { description: 'The usage to release.' }) input: ReleaseUsageInput,
  ) {
    const { wasReleased, customer } = await releaseUsage(context.services, input)
    return { released: wasReleased, readUsage: () => loadUsage(context, customer) }
  }
}

/** @throws FORBIDDEN when a user requests the usage or the servers of another user; ORGANISATION_NOT_FOUND */
async function resolveResourceCustomer(
  { services, requiredPrincipal: principal }: RequestContext,
  organisationId?: string,
  userId?: string,
): Promise<Customer> {
  const { db } = services
  if (isApiKeyPrincipal(principal) || (isAdministrator(principal) && (organisationId ?? userId) != null)) {
    return getUserOrOrganisation(db, { organisationId, userId })
  }
  const organisation = parseOptionalOrganisationId('organisationId', organisationId)
  const user = parseOptionalUserId('userId', userId)
  if (user !== undefined && user !== principal.userId)
    throw new DomainError(
      FORBIDDEN,
      'Only administrators may view the usage and the servers of other users; leave userId out to see your own',
    )
  await resolveListScope(db, principal, organisation)
  return { userId: principal.userId, organisationId: organisation ?? null }
}

@Resolver()
export class LimitOverrideResolver {
  @Query(() => LimitOverrideConnection, {
    description:
      'The limit overrides of a user or an organisation, including those that have ended or were removed. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  limitOverrides(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('userId', () => ID, USER_OR_ORGANISATION) userId?: string,
    @Arg('organisationId', () => ID, ORGANISATION_OR_USER) organisationId?: string,
    @Arg('inForce', () => Boolean, {
      nullable: true,
      description: 'True: only overrides that apply now. False: only those that have ended or were removed.',
    })
    inForce?: boolean,
    @Arg('resource', () => LimitedResource, { nullable: true, description: 'Only overrides of this resource.' }) resource?: LimitedResource,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listLimitOverrides(services, { userId, organisationId, inForce, resource }, page, orderBy)
  }

  @Mutation(() => SetLimitOverridePayload, {
    description: 'Raises or lowers the limits of a user or an organisation. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setLimitOverride(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SetLimitOverrideInput, { description: 'The override, its customer and the reason.' }) input: SetLimitOverrideInput,
  ): Promise<{ override: LimitOverrideRecord }> {
    return { override: await setLimitOverride(services, principal, input) }
  }

  @Mutation(() => RemoveLimitOverridePayload, { description: 'Ends an override now. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async removeLimitOverride(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RemoveLimitOverrideInput, { description: 'The override to end.' }) input: RemoveLimitOverrideInput,
  ): Promise<{ override: LimitOverrideRecord }> {
    return { override: await removeLimitOverride(services, principal, input) }
  }
}

@Resolver()
export class ReapplicationResolver {
  @Query(() => PlanReapplicationConnection, {
    description: 'The reapplications of a plan and their progress, newest first. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  planReapplications(
    @Ctx() { services }: RequestContext,
    @Arg('planId', () => ID, { description: 'Id of the plan.' }) planId: string,
    @Args(() => PageArguments) page: PageArguments,
  ) {
    return listReapplications(services, parseId('planId', planId, 'Plan'), page)
  }

  @Mutation(() => ReapplyPlanPayload, {
    description:
      "Applies a plan's current limits and features to all of its subscribers, in the background. `planReapplications` shows the progress. Requires the administrator role.",
  })
  @Authorized(ADMINISTRATOR)
  async reapplyPlan(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ReapplyPlanInput, { description: 'The plan to apply to its subscribers.' }) input: ReapplyPlanInput,
  ) {
    return { reapplication: await reapplyPlan(services, principal, input) }
  }
}

const CURRENT_PLAN_DESCRIPTION = 'The effective plan. Falls back to the default free plan.'
const LIMITS_DESCRIPTION = 'Effective limits: those at the time of purchase, with limit overrides applied. Null is unlimited, 0 is none.'

@Resolver(() => User)
export class UserPlanResolver {
  @FieldResolver(() => Plan, {
    nullable: true,
    description: `${CURRENT_PLAN_DESCRIPTION} Null for other users, except administrators.`,
  })
  async currentPlan(@Root() user: UserRecord, @Ctx() context: RequestContext) {
    if (!seesUser(context, user.id)) return null
    return (await loadEntitlement(context, { userId: user.id, organisationId: null })).plan
  }

  @FieldResolver(() => Limits, { description: `${LIMITS_DESCRIPTION} FORBIDDEN for other users, except administrators.` })
  async limits(@Root() user: UserRecord, @Ctx() context: RequestContext) {
    requireUserView(context, user.id)
    return (await loadEntitlement(context, { userId: user.id, organisationId: null })).limits
  }
}

@Resolver(() => Organisation)
export class OrganisationPlanResolver {
  @FieldResolver(() => Plan, {
    nullable: true,
    description: `${CURRENT_PLAN_DESCRIPTION} Null for users who are neither members nor administrators.`,
  })
  async currentPlan(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext) {
    if (!(await seesOrganisation(context, organisation.id))) return null
    return (await loadEntitlement(context, { userId: '', organisationId: organisation.id })).plan
  }

  @FieldResolver(() => Limits, { description: `${LIMITS_DESCRIPTION} FORBIDDEN for users who are neither members nor administrators.` })
  async limits(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext) {
    await requireOrganisationView(context, organisation.id)
    return (await loadEntitlement(context, { userId: '', organisationId: organisation.id })).limits
  }
}
