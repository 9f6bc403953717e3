import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import type { Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { resolveListScope, seesCustomer } from './access-control.js'
import { loadBillingDetails } from './identity.loader.js'
import { BillingDetails, Organisation, SetBillingDetailsInput, SetBillingDetailsPayload, User } from './identity.type.js'
import type { RequestContext } from './request-context.js'
import { setBillingDetails } from './set-billing-details.js'

@Resolver()
export class BillingDetailsResolver {
  @Query(() => BillingDetails, {
    nullable: true,
    description:
      "Your billing details or an organisation's, which the next invoice will show. Null if none are set. Requires a signed-in user.",
  })
  @Authorized()
  async billingDetails(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    id?: string,
  ) {
    const { services, requiredUser } = context
    const organisationId = parseOptionalOrganisationId('organisationId', id)
    await resolveListScope(services.db, requiredUser, organisationId)
    return loadBillingDetails(context, { userId: requiredUser.userId, organisationId: organisationId ?? null })
  }

  @Mutation(() => SetBillingDetailsPayload, { description: 'Sets the billing details for future invoices. Requires a signed-in user.' })
  @Authorized()
  async setBillingDetails(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetBillingDetailsInput, { description: 'The complete details.' }) input: SetBillingDetailsInput,
  ): Promise<SetBillingDetailsPayload> {
    return { billingDetails: await setBillingDetails(services, requiredUser, input) }
  }
}

@Resolver(() => User)
export class UserBillingDetailsResolver {
  @FieldResolver(() => BillingDetails, {
    nullable: true,
    description: 'The recipient of invoices to the user. Null if there is none, or if you are neither this user nor an administrator.',
  })
  async billingDetails(@Root() { id }: UserRecord, @Ctx() context: RequestContext) {
    const customer = { userId: id, organisationId: null }
    return (await seesCustomer(context, customer)) ? loadBillingDetails(context, customer) : null
  }
}

@Resolver(() => Organisation)
export class OrganisationBillingDetailsResolver {
  @FieldResolver(() => BillingDetails, {
    nullable: true,
    description:
      'The recipient of invoices to the organisation. Null if there is none, or if you are neither an owner or admin of the organisation nor an administrator.',
  })
  async billingDetails(@Root() { id }: OrganisationRecord, @Ctx() context: RequestContext) {
    const customer = { userId: '', organisationId: id }
    return (await seesCustomer(context, customer)) ? loadBillingDetails(context, customer) : null
  }
}
