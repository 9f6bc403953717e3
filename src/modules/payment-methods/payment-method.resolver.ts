import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listPaymentMethods, type PaymentMethod } from './payment-method.queries.js'
import { ManualPaymentMethod, SetPaymentMethodsInput, SetPaymentMethodsPayload } from './payment-method.type.js'
import { setPaymentMethods } from './set-payment-methods.js'

@Resolver()
export class PaymentMethodResolver {
  @Query(() => [ManualPaymentMethod], {
    description: 'The ways to pay without a payment provider, in the order in which they are shown. Public.',
  })
  paymentMethods(@Ctx() { services }: RequestContext): Promise<readonly PaymentMethod[]> {
    return listPaymentMethods(services.db)
  }

  @Mutation(() => SetPaymentMethodsPayload, {
    description:
      'Sets the ways to pay without a payment provider. Pro formas and open invoices that are issued from now on show them. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setPaymentMethods(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetPaymentMethodsInput, { description: 'The payment methods.' }) input: SetPaymentMethodsInput,
  ) {
    return { methods: await setPaymentMethods(services, requiredUser, input) }
  }
}
