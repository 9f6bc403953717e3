import { Arg, Authorized, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import type { Membership, Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { requireOrganisationView } from './access-control.js'
import { PlanType } from './identity.enums.js'
import { USER_NOT_FOUND } from './identity.errors.js'
import { membershipLoader, organisationLoader, userLoader } from './identity.loader.js'
import { Organisation, OrganisationMembership, SetBillingDetailsInput, SetBillingDetailsPayload, User } from './identity.type.js'
import type { RequestContext } from './request-context.js'
import { setBillingDetails } from './set-billing-details.js'

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { description: 'The user that the token identifies. Requires a signed-in user.' })
  @Authorized()
  async me(@Ctx() context: RequestContext): Promise<UserRecord> {
    const user = await context.loader(userLoader).load(context.requiredUser.userId)
    if (!user) throw new DomainError(USER_NOT_FOUND, 'The user of this token does not exist')
    return user
  }

  @Mutation(() => SetBillingDetailsPayload, { description: 'Sets the billing details for future invoices. Requires a signed-in user.' })
  @Authorized()
  async setBillingDetails(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetBillingDetailsInput, { description: 'The complete details.' }) input: SetBillingDetailsInput,
  ): Promise<SetBillingDetailsPayload> {
    return { billingDetails: await setBillingDetails(services, requiredUser, input) }
  }

  @FieldResolver(() => [OrganisationMembership], { description: 'The memberships of the user in organisations.' })
  organisations(@Root() user: UserRecord, @Ctx() context: RequestContext): Promise<Membership[]> {
    return context.loader(membershipLoader).load(user.id)
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
    description: 'Tier of the current plan, by which the panel unlocks features for the organisation. FORBIDDEN unless you are a member.',
  })
  async portalTier(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext): Promise<PlanType> {
    await requireOrganisationView(context, organisation.id)
    return organisation.portalTier
  }
}
