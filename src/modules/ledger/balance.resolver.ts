import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type {
  CreditGrant as GrantRecord,
  Organisation as OrganisationRecord,
  User as UserRecord,
} from '../../platform/postgres/generated/client.js'
import { Organisation, type RequestContext, resolveListScope, seesCustomer, User } from '../identity/index.js'
import { type BalanceRecord, loadBalances } from './balance.loader.js'
import { Balance, BalanceEntry, BalanceEntryConnection, CreditGrant } from './balance.type.js'
import { type BalanceEntryRecord, loadBalanceEntries } from './balance-entry.loader.js'
import { describeEntry, expiryOfEntry } from './balance-entry.rules.js'

@Resolver(() => Balance)
export class BalanceResolver {
  @Query(() => [Balance], {
    description: "Your balances or an organisation's: one per currency in which something was invoiced or paid. Requires a signed-in user.",
  })
  @Authorized()
  async balances(
    @Ctx() context: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    id?: string,
  ): Promise<BalanceRecord[]> {
    const { services, requiredUser } = context
    const organisationId = parseOptionalOrganisationId('organisationId', id)
    await resolveListScope(services.db, requiredUser, organisationId)
    return loadBalances(context, { userId: requiredUser.userId, organisationId: organisationId ?? null })
  }

  @FieldResolver(() => BalanceEntryConnection, { description: 'Changes of the balance.' })
  entries(
    @Root() balance: BalanceRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('from', () => DateTime, { nullable: true, description: 'Only changes at this time or later.' }) from?: Date,
    @Arg('to', () => DateTime, { nullable: true, description: 'Only changes before this time.' }) to?: Date,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return loadBalanceEntries(context, balance, { ...page, from, to, orderBy })
  }
}

@Resolver(() => BalanceEntry)
export class BalanceEntryResolver {
  @FieldResolver(() => Money, { description: 'Amount of the change; negative if the balance has decreased.' })
  amount(@Root() { balance, currency }: BalanceEntryRecord): MoneyAmount {
    return { minorUnits: -balance, currency }
  }

  @FieldResolver(() => String, { description: 'What has changed the balance, in English: "Payment of invoice INV-2026-000001".' })
  description(@Root() entry: BalanceEntryRecord): string {
    return describeEntry(entry)
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When the remaining credit of a grant expires. Null for all other entries.',
  })
  expiresAt(@Root() entry: BalanceEntryRecord): Date | null {
    return expiryOfEntry(entry)
  }
}

@Resolver(() => CreditGrant)
export class CreditGrantResolver {
  @FieldResolver(() => Money, { description: 'The amount that was granted.' })
  amount(@Root() { amount, currency }: GrantRecord): MoneyAmount {
    return { minorUnits: amount, currency }
  }

  @FieldResolver(() => Money, { description: 'The part that has been neither spent nor lost by expiry.' })
  remaining(@Root() { remaining, currency }: GrantRecord): MoneyAmount {
    return { minorUnits: remaining, currency }
  }
}

@Resolver(() => User)
export class UserBalancesResolver {
  @FieldResolver(() => [Balance], {
    nullable: true,
    description:
      'The balances of the user, one per currency. `Organisation.balances` has those of organisations. Null if you are neither this user nor an administrator.',
  })
  async balances(@Root() { id }: UserRecord, @Ctx() context: RequestContext): Promise<BalanceRecord[] | null> {
    const customer = { userId: id, organisationId: null }
    return (await seesCustomer(context, customer)) ? loadBalances(context, customer) : null
  }
}

@Resolver(() => Organisation)
export class OrganisationBalancesResolver {
  @FieldResolver(() => [Balance], {
    nullable: true,
    description:
      'The balances of the organisation, one per currency. Null if you are neither an owner or admin of the organisation nor an administrator.',
  })
  async balances(@Root() { id }: OrganisationRecord, @Ctx() context: RequestContext): Promise<BalanceRecord[] | null> {
    const customer = { userId: '', organisationId: id }
    return (await seesCustomer(context, customer)) ? loadBalances(context, customer) : null
  }
}
