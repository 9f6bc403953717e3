import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import { parseId, parseOptionalId } from '../../core/input.js'
import { PageArguments } from '../../core/page.type.js'
import type {
  LimitOverride as LimitOverrideRecord,
  Organisation as OrganisationRecord,
  User as UserRecord,
} from '../../platform/postgres/generated/client.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'
import { Limits, Plan } from '../catalog/index.js'
import {
  ADMINISTRATOR,
  type Customer,
  getUserOrOrganisation,
  isAdministrator,
  isApiKeyPrincipal,
  Organisation,
  type RequestContext,
  requireOrganisationView,
  resolveListScope,
  seesOrganisation,
  USER,
  User,
} from '../identity/index.js'
import { claimServer, releaseServer } from './claim-server.js'
import { loadEntitlement } from './entitlement.loader.js'
import { type ResourceUsage as Comparison, compareUsage } from './entitlement.rules.js'
import {
  ClaimServerInput,
  ClaimServerPayload,
  ConsumeInput,
  ConsumePayload,
  GiveBackInput,
  GiveBackPayload,
  LimitOverrideConnection,
  LimitOverridePayload,
  PlanReapplication,
  PlanReapplicationConnection,
  ReleaseServerPayload,
  ResourceUsage,
  SetLimitOverrideInput,
} from './entitlement.type.js'
import { listLimitOverrides, removeLimitOverride, setLimitOverride } from './limit-overrides.js'
import { listReapplications, reapplyPlan } from './reapply-plan.js'
import { recordUsage, releaseUsage } from './record-usage.js'
import { getUsage } from './usage.queries.js'

const CLAIMS_ACCESS = 'Administrators, and API keys with CLAIMS'
const USER_ID = { nullable: true, description: 'Administrators and API keys: a user. Not together with `organisationId`.' } as const
const ORGANISATION_ID = { nullable: true, description: 'An organisation of which you are owner or admin; yourself otherwise.' } as const
const USER_OR_ORGANISATION = { nullable: true, description: 'A user; or name an organisation.' } as const
const ORGANISATION_OR_USER = { nullable: true, description: 'An organisation; or name a user.' } as const

async function loadUsage(context: RequestContext, holder: Customer | null): Promise<Comparison[]> {
  if (!holder) return []
  const { db, clock } = context.services
  const [{ limits }, usage] = await Promise.all([loadEntitlement(context, holder), getUsage(db, holder, clock.now())])
  return compareUsage(limits, usage)
}

@Resolver()
export class UsageResolver {
  @Query(() => [ResourceUsage], {
    description: "What is in use of each of the ten resources, beside what the plan allows: yours, or an organisation's.",
  })
  @Authorized(USER, ApiKeyScope.READ, ApiKeyScope.CLAIMS)
  async usage(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, ORGANISATION_ID) organisationId?: string,
    @Arg('userId', () => ID, USER_ID) userId?: string,
  ): Promise<Comparison[]> {
    return loadUsage(context, await resolveUsageCustomer(context, organisationId, userId))
  }

  @Mutation(() => ClaimServerPayload, { description: `${CLAIMS_ACCESS}: reserves a server against the holder's plan, or resizes it.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async claimServer(
    @Ctx() context: RequestContext,
    @Arg('input', () => ClaimServerInput, { description: 'The server.' }) input: ClaimServerInput,
  ) {
    const { claim, holder } = await claimServer(context.services, input)
    return { claim, readUsage: () => loadUsage(context, holder) }
  }

  @Mutation(() => ReleaseServerPayload, { description: `${CLAIMS_ACCESS}: gives the place of a server back.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async releaseServer(
    @Ctx() context: RequestContext,
    @Arg('externalId', () => String, { description: "The panel's own name of the server." }) externalId: string,
  ) {
    const holder = await releaseServer(context.services, externalId)
    return { released: holder !== null, readUsage: () => loadUsage(context, holder) }
  }

  @Mutation(() => ConsumePayload, { description: `${CLAIMS_ACCESS}: counts nodes, tunnel ports or e-mails against the holder's plan.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async consume(
    @Ctx() context: RequestContext,
    @Arg('input', () => ConsumeInput, { description: 'What, how much, for whom.' }) input: ConsumeInput,
  ) {
    const holder = await recordUsage(context.services, input)
    return { success: true, readUsage: () => loadUsage(context, holder) }
  }

  @Mutation(() => GiveBackPayload, { description: `${CLAIMS_ACCESS}: takes back what \`consume\` counted.` })
  @Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)
  async giveBack(@Ctx() context: RequestContext, @Arg('input', () => GiveBackInput, { description: 'What.' }) input: GiveBackInput) {
    const { givenBack, holder } = await releaseUsage(context.services, input)
    return { givenBack, readUsage: () => loadUsage(context, holder) }
  }
}

/** @throws FORBIDDEN for a user who asks for another one, ORGANISATION_NOT_FOUND */
async function resolveUsageCustomer(
  { services, requiredPrincipal: caller }: RequestContext,
  organisationId?: string,
  userId?: string,
): Promise<Customer> {
  const { db } = services
  if (isApiKeyPrincipal(caller) || (isAdministrator(caller) && (organisationId ?? userId) != null)) {
    return getUserOrOrganisation(db, { organisationId, userId }, '')
  }
  const organisation = parseOptionalId('organisationId', organisationId)
  const user = parseOptionalId('userId', userId)
  if (user !== undefined && user !== caller.userId) throw new DomainError('FORBIDDEN', 'Only administrators may ask for other users')
  await resolveListScope(db, caller, organisation)
  return { userId: caller.userId, organisationId: organisation ?? null }
}

@Resolver()
export class LimitOverrideResolver {
  @Query(() => LimitOverrideConnection, {
    description: 'Administrators: what a user or an organisation was given beside its plan, newest first.',
  })
  @Authorized(ADMINISTRATOR)
  limitOverrides(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('userId', () => ID, USER_OR_ORGANISATION) userId?: string,
    @Arg('organisationId', () => ID, ORGANISATION_OR_USER) organisationId?: string,
  ) {
    return listLimitOverrides(services, { userId, organisationId }, page)
  }

  @Mutation(() => LimitOverridePayload, { description: 'Administrators: gives a user or an organisation more, or less, than its plan.' })
  @Authorized(ADMINISTRATOR)
  async setLimitOverride(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => SetLimitOverrideInput, { description: 'What, for whom, and why.' }) input: SetLimitOverrideInput,
  ): Promise<{ override: LimitOverrideRecord }> {
    return { override: await setLimitOverride(services, signedIn, input) }
  }

  @Mutation(() => LimitOverridePayload, { description: 'Administrators: ends an override now.' })
  @Authorized(ADMINISTRATOR)
  async removeLimitOverride(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the override.' }) id: string,
  ): Promise<{ override: LimitOverrideRecord }> {
    return { override: await removeLimitOverride(services, signedIn, id) }
  }
}

@Resolver()
export class ReapplicationResolver {
  @Query(() => PlanReapplicationConnection, {
    description: 'Administrators: how far the reapplications of a plan have come, newest first.',
  })
  @Authorized(ADMINISTRATOR)
  planReapplications(
    @Ctx() { services }: RequestContext,
    @Arg('planId', () => ID, { description: 'The plan.' }) planId: string,
    @Args(() => PageArguments) page: PageArguments,
  ) {
    return listReapplications(services, parseId('planId', planId), page)
  }

  @Mutation(() => PlanReapplication, {
    description:
      'Administrators: moves everybody who has a plan to its limits and features of today, in the background; `planReapplications` tells how far it is.',
  })
  @Authorized(ADMINISTRATOR)
  reapplyPlan(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('planId', () => ID, { description: 'The plan.' }) planId: string,
  ) {
    return reapplyPlan(services, signedIn, planId)
  }
}

const CURRENT_PLAN = 'The plan held now; the default free plan when there is no other.'
const LIMITS =
  'What may be used: the limits as they were bought, with what an administrator gave beside them. Null is unlimited, 0 is none.'

@Resolver(() => User)
export class UserPlanResolver {
  @FieldResolver(() => Plan, { nullable: true, description: CURRENT_PLAN })
  async currentPlan(@Root() user: UserRecord, @Ctx() context: RequestContext) {
    return (await loadEntitlement(context, { userId: user.id, organisationId: null })).plan
  }

  @FieldResolver(() => Limits, { description: LIMITS })
  async limits(@Root() user: UserRecord, @Ctx() context: RequestContext) {
    return (await loadEntitlement(context, { userId: user.id, organisationId: null })).limits
  }
}

@Resolver(() => Organisation)
export class OrganisationPlanResolver {
  @FieldResolver(() => Plan, { nullable: true, description: `${CURRENT_PLAN} Null unless you are a member.` })
  async currentPlan(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext) {
    if (!(await seesOrganisation(context, organisation.id))) return null
    return (await loadEntitlement(context, { userId: 0, organisationId: organisation.id })).plan
  }

  @FieldResolver(() => Limits, { description: `${LIMITS} FORBIDDEN unless you are a member.` })
  async limits(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext) {
    await requireOrganisationView(context, organisation.id)
    return (await loadEntitlement(context, { userId: 0, organisationId: organisation.id })).limits
  }
}
