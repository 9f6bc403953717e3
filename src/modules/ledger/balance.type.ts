import { Field, ID, ObjectType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { CurrencyCode, DateTime } from '../../core/scalars.js'

@ObjectType({
  simpleResolvers: true,
  description: 'The credit of a customer in one currency. It pays invoices before other money is requested, and is never negative.',
})
export class Balance {
  @Field(() => CurrencyCode, { description: 'Currency of all amounts.' })
  currency: string

  @Field(() => Money, { description: 'The whole balance.' })
  amount: Money

  @Field(() => Money, { description: 'The part that can be spent now: neither held nor expired.' })
  available: Money

  @Field(() => Money, {
    description:
      'The part that is held for a pending order, a payment that the provider is collecting, or a refund that is not paid out yet.',
  })
  held: Money

  @Field(() => Money, {
    description: 'The part that administrators have granted. It is spent first, in order of expiry, and never paid out.',
  })
  granted: Money
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A change of a balance.' })
export class BalanceEntry {
  @Field(() => ID, { description: 'Id of the entry.' })
  id: bigint

  @Field(() => DateTime, { description: 'When the balance changed.' })
  at: Date
}

@ObjectType({ simpleResolvers: true, description: 'A page of the entries of a balance, newest first.' })
export class BalanceEntryConnection extends connectionOf(BalanceEntry, 'BalanceEntry', 'entries') {}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Credit that an administrator has granted.' })
export class CreditGrant {
  @Field(() => ID, { description: 'Id of the grant.' })
  id: bigint

  @Field(() => String, { description: 'Reason for the grant, which the customer sees.' })
  reason: string

  @Field(() => DateTime, { description: 'When it was granted.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When the remaining credit expires. Null if it does not expire.' })
  expiresAt: Date | null
}
