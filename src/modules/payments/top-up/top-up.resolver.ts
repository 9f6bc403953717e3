import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql'
import type { RequestContext } from '../../identity/index.js'
import { TopUpBalanceInput, TopUpBalancePayload } from './top-up.type.js'
import { topUpBalance } from './top-up-balance.js'

@Resolver()
export class TopUpResolver {
  @Mutation(() => TopUpBalancePayload, {
    description:
      'Orders an amount for the balance, paid at the payment provider, or by a payment that an administrator records (recordPayment). Tax is charged only when the balance pays an invoice. Requires a signed-in user.',
  })
  @Authorized()
  topUpBalance(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => TopUpBalanceInput, { description: 'The amount, and the customer.' }) input: TopUpBalanceInput,
  ) {
    return topUpBalance(services, principal, input)
  }
}
