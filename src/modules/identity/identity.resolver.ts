import { Arg, Authorized, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import type { Membership, Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { PlanType } from '../../platform/postgres/generated/enums.js'
import { requireOrganisationView } from './access-control.js'
import { membershipLoader, organisationLoader, userLoader } from './identity.loader.js'
import { Organisation, OrganisationMembership, SetBillingDetailsInput, SetBillingDetailsPayload, User } from './identity.type.js'
import type { RequestContext } from './request-context.js'
import { setBillingDetails } from './set-billing-details.js'

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { description: 'Who you are, by your token.' })
  @Authorized()
  async me(@Ctx() context: RequestContext): Promise<UserRecord> {
    const user = await context.loader(userLoader).load(context.requiredUser.userId)
    if (!user) throw new DomainError('USER_NOT_FOUND', 'There is no user for this token')
    return user
  }

  @Mutation(() => SetBillingDetailsPayload, { description: 'Says who your next invoices are made out to.' })
  @Authorized()
  async setBillingDetails(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => SetBillingDetailsInput, { description: 'The details as a whole.' }) input: SetBillingDetailsInput,
  ): Promise<SetBillingDetailsPayload> {
    return { billingDetails: await setBillingDetails(services, signedIn, input) }
  }

  @FieldResolver(() => String, { description: 'E-mail address; a reserved one ending in ".invalid" when the panel has told none.' })
  email(@Root() user: UserRecord): string {
    return user.email ?? `user-${user.id}@users.invalid`
  }

  @FieldResolver(() => [OrganisationMembership], { description: 'The organisations the user belongs to.' })
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
}

@Resolver(() => Organisation)
export class OrganisationResolver {
  @FieldResolver(() => PlanType, {
    description: 'The tier of the current plan: what the panel unlocks for this organisation. FORBIDDEN unless you are a member.',
  })
  async portalTier(@Root() organisation: OrganisationRecord, @Ctx() context: RequestContext): Promise<PlanType> {
    await requireOrganisationView(context, organisation.id)
    return organisation.portalTier
  }
}
