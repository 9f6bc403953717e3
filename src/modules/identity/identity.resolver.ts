import { Arg, Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import { PageArguments } from '../../core/page.type.js'
import type { Membership, Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { requireOrganisationView, requireUserView } from './access-control.js'
import { OrganisationRole, PlanType } from './identity.enums.js'
import { USER_NOT_FOUND } from './identity.errors.js'
import { membershipLoader, organisationLoader, userLoader } from './identity.loader.js'
import { MemberSort, Organisation, OrganisationMembership, OrganisationMembershipConnection, User } from './identity.type.js'
import { loadMembers } from './list-members.js'
import type { RequestContext } from './request-context.js'

/** Limits the lists below the memberships, as the cost of an operation counts only a few memberships. */
const MAX_MEMBERSHIPS = 100

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'The user that the token identifies. Requires a signed-in user.' })
  @Authorized()
  async me(@Ctx() context: RequestContext): Promise<UserRecord> {
    const user = await context.loader(userLoader).load(context.requiredUser.userId)
    if (!user) throw new DomainError(USER_NOT_FOUND, 'The user of this token does not exist')
    return user
  }

  @FieldResolver(() => PlanType, {
    description:
      'Tier of the current plan, by which the panel unlocks features for the user. FORBIDDEN for other users, except administrators.',
  })
  portalTier(@Root() user: UserRecord, @Ctx() context: RequestContext): PlanType {
    requireUserView(context, user.id)
    return user.portalTier
  }

  @FieldResolver(() => [OrganisationMembership], {
    description: `The memberships of the user, in the order of the ids of the organisations, at most ${MAX_MEMBERSHIPS}. FORBIDDEN for other users, except administrators.`,
  })
  async organisations(@Root() user: UserRecord, @Ctx() context: RequestContext): Promise<Membership[]> {
    requireUserView(context, user.id)
    return (await context.loader(membershipLoader).load(user.id)).slice(0, MAX_MEMBERSHIPS)
  }
}

@Resolver(() => OrganisationMembership)
export class OrganisationMembershipResolver {
  @FieldResolver(() => Organisation, { description: 'The organisation.' })
  organisation(@Root() membership: Membership, @Ctx() context: RequestContext) {
    return context.loader(organisationLoader).load(membership.organisationId)
  }

  @FieldResolver(() => User, { description: 'The member.' })
  user(@Root() membership: Membership, @Ctx() context: RequestContext) {
    return context.loader(userLoader).load(membership.userId)
  }
}

@Resolver(() => Organisation)
export class OrganisationResolver {
  @FieldResolver(() => PlanType, {
    description:
      'Tier of the current plan, by which the panel unlocks features for the organisation. FORBIDDEN for users who are neither members nor administrators.',
  })
  async portalTier(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext): Promise<PlanType> {
    await requireOrganisationView(context, organisation.id)
    return organisation.portalTier
  }

  @FieldResolver(() => OrganisationMembershipConnection, {
    description:
      "The members of the organisation. Members see each other's name and e-mail address. FORBIDDEN for users who are neither members nor administrators.",
  })
  members(
    @Root() { id }: OrganisationRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('role', () => [OrganisationRole], { nullable: true, description: 'Only members with one of these roles; at least one value.' })
    role?: OrganisationRole[],
    @Arg('orderBy', () => MemberSort, { nullable: true, description: 'The sort order; by id by default.' }) orderBy?: MemberSort,
  ) {
    return loadMembers(context, id, { ...page, role, orderBy })
  }
}
