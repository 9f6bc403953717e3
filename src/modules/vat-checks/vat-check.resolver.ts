import { Arg, Args, Authorized, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import type { BillingDetails as BillingDetailsRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, BillingDetails, CustomerUnion, checksVatIds, loadCustomer, type RequestContext } from '../identity/index.js'
import { requestVatIdCheck } from './request-vat-id-check.js'
import { VatIdStatus } from './vat-check.enums.js'
import { loadVatId } from './vat-check.loader.js'
import { listVatIds, type VatIdResult } from './vat-check.queries.js'
import { CheckVatIdInput, CheckVatIdPayload, VatIdCheck, VatIdCheckConnection } from './vat-check.type.js'

@Resolver(() => VatIdCheck)
export class VatIdCheckResolver {
  @Query(() => VatIdCheckConnection, {
    description:
      'The VAT ids of all customers, those whose status has changed last first. With `status: [INVALID, UNAVAILABLE, PENDING]`, those that are not confirmed. Empty if the seller is outside the European Union. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  vatIdChecks(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => [VatIdStatus], { nullable: true, description: 'Which VAT ids to list; all if omitted.' })
    status?: VatIdStatus[],
  ) {
    return listVatIds(services, page, status)
  }

  @Mutation(() => CheckVatIdPayload, {
    description:
      'Checks the VAT id of a customer now, instead of at `nextCheckAt`. The result arrives within seconds. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async checkVatId(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => CheckVatIdInput, { description: 'The customer.' }) input: CheckVatIdInput,
  ) {
    return { vatIdCheck: await requestVatIdCheck(services, requiredUser, input) }
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that has the VAT id.' })
  customer(@Root() { userId, organisationId }: VatIdResult, @Ctx() context: RequestContext) {
    return loadCustomer(context, { userId: userId ?? '', organisationId })
  }
}

@Resolver(() => BillingDetails)
export class BillingDetailsVatIdResolver {
  @FieldResolver(() => VatIdCheck, {
    nullable: true,
    description:
      'Whether `taxId` is a confirmed VAT id. Null if it is not the VAT id of a member state of the European Union, or if the seller is outside of it.',
  })
  vatIdCheck(@Root() { userId, organisationId }: BillingDetailsRecord, @Ctx() context: RequestContext) {
    if (!checksVatIds(context.services.config.invoices.issuer)) return null
    return loadVatId(context, { userId: userId ?? '', organisationId })
  }
}
